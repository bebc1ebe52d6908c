"""Where the beats of a sound are: two ways to look for them, and the better one's answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from l1.analyses.following import following_beats
from l1.analyses.periodicity import Signal, between, likeness, period_of, prominent
from l1.analyses.spectrum import FRAMES_A_SECOND, Curve, Rises
from l1.analyses.steady import steady_beats
from l1.analyses.timeline import frames_at, milliseconds
from l1.analyses.wandering import wandering_period

BAR = 4
"""Beats in a bar; other metres are not told apart."""

_STEADY_ENOUGH = 0.6
"""A grid is believed when its beats are at least this strong beside beats that go anywhere."""

_SLOW_BPM, _MIDDLING_BPM, _FAST_BPM = 70, 105, 130
"""Below the first, beats are soon counted twice as fast, and above the last half as fast. Between
them 2 to 1 is a matter of taste, and what counts is that an excerpt is counted as the whole is."""

_AS_STRONG, _QUITE_AS_STRONG, _AS_WEAK = 0.8, 0.95, 0.15
_LEAST_LIKENESS = 0.04
_LEAST_BEATS = 4
_PARTS = 16
_QUIET_DB = -36


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """Beats in milliseconds, which of them begin a bar, and how fast they come."""

    beats_ms: tuple[int, ...] = ()
    downbeats_ms: tuple[int, ...] = ()
    tempo_mbpm: int = 0
    confidence: int = 0


def track(rises: Rises) -> Beaten:
    """Find the beats; none, at tempo 0, in what has no beat or is too short to show one."""
    signal = _smoothed(prominent(rises.all))
    period = period_of(signal)
    if period is None or likeness(signal, period) < _least_likeness(len(signal)):
        return Beaten()
    beats, lag = _at_right_level(signal, *_placed(signal, period))
    times = milliseconds(_trimmed(rises.level, beats))
    inside = np.unique(times[(times >= 0) & (times < rises.duration_ms)])
    return described(rises, inside.tolist(), 60 * FRAMES_A_SECOND / lag)


def described(rises: Rises, beats_ms: Sequence[int], bpm: float) -> Beaten:
    """Say of beats, by whomever they were found, what else there is to say."""
    if len(beats_ms) < _LEAST_BEATS or bpm <= 0:
        return Beaten()
    return Beaten(
        beats_ms=tuple(beats_ms),
        downbeats_ms=_downbeats(rises, beats_ms),
        tempo_mbpm=round(1000 * bpm),
        confidence=_confidence(rises, beats_ms),
    )


def _downbeats(rises: Rises, beats_ms: Sequence[int]) -> tuple[int, ...]:
    """Choose every fourth beat: of the four ways to count, the one with the heaviest bass."""
    heavy = between(_smoothed(prominent(rises.bass)), frames_at(beats_ms))
    counts = [float(heavy[first::BAR].mean()) for first in range(BAR)]
    return tuple(beats_ms[int(np.argmax(counts)) :: BAR])


def _confidence(rises: Rises, beats_ms: Sequence[int]) -> int:
    """Judge from 0 to 1000 how much beats stand out and how alike one is to the next.

    The sound is looked at in time counted by beats, in which every tempo is steady.
    """
    signal, beats = _smoothed(prominent(rises.all)), frames_at(beats_ms)
    counted = np.arange((len(beats) - 1) * _PARTS + 1) / _PARTS
    by_beats = between(signal, np.interp(counted, np.arange(len(beats)), beats))
    on = _strength(signal, beats)
    standing_out = max(0.0, 1 - float(signal.mean()) / on) if on > 0 else 0.0
    return round(1000 * min(1.0, 2 * likeness(by_beats, _PARTS)) * standing_out)


def _placed(signal: Signal, period: float) -> tuple[Signal, float]:
    """Fit a steady grid; where that misses what is there, follow the onsets instead."""
    steady = steady_beats(signal, period)
    free = following_beats(signal, np.full(len(signal), period))
    if _strength(signal, steady) >= _STEADY_ENOUGH * _strength(signal, free):
        return steady, _slope(steady, period)
    periods = wandering_period(signal, period)
    return following_beats(signal, periods), float(np.median(periods))


def _at_right_level(signal: Signal, beats: Signal, period: float) -> tuple[Signal, float]:
    """Count twice as fast when the middles are as strong, half when every other beat is weak."""
    bpm = 60 * FRAMES_A_SECOND / period
    on = _strength(signal, beats)
    if len(beats) < 2 * _LEAST_BEATS or on <= 0:
        return beats, period
    between_them = _strength(signal, (beats[:-1] + beats[1:]) / 2) / on
    enough = _AS_STRONG if bpm < _SLOW_BPM else _QUITE_AS_STRONG
    if bpm < _MIDDLING_BPM and between_them > enough:
        return _placed(signal, period / 2)
    odd, even = _strength(signal, beats[::2]), _strength(signal, beats[1::2])
    if bpm > _FAST_BPM and min(odd, even) < _AS_WEAK * max(odd, even):
        return beats[int(even > odd) :: 2], period * 2
    return beats, period


def _slope(beats: Signal, period: float) -> float:
    """Fit the period through all beats."""
    counted = np.cumsum(np.rint(np.diff(beats, prepend=beats[:1]) / period))
    if len(beats) < _LEAST_BEATS or np.ptp(counted) <= 0:
        return period
    return float(np.polyfit(counted, beats, 1)[0])


def _strength(signal: Signal, beats: Signal) -> float:
    return float(between(signal, beats).mean()) if len(beats) else 0.0


def _least_likeness(frames: int) -> float:
    """Tell what noise would reach: chance repeats itself the more, the shorter it lasts."""
    return float(max(_LEAST_LIKENESS, 3 / np.sqrt(frames)))


def _smoothed(signal: Signal) -> Signal:
    """Spread each rise a little, so that a beat near it has some of it; deviation is one again."""
    if len(signal) < 8:
        return signal
    weights = np.exp(-0.5 * np.arange(-3, 4) ** 2)
    spread = np.convolve(signal, weights / weights.sum(), "same")
    deviation = float(spread.std())
    return spread / deviation if deviation > 0 else spread


def _trimmed(level: Curve, beats: Signal) -> Signal:
    """Leave out beats in the silence, or the hiss, before and after the music."""
    reach = round(float(np.median(np.diff(beats))) / 2) if len(beats) > 1 else 0
    near = [level[max(0, round(at) - reach) : round(at) + reach + 1] for at in beats]
    heard = [n for n, around in enumerate(near) if around.max(initial=-np.inf) > _QUIET_DB]
    return beats[heard[0] : heard[-1] + 1] if heard else beats[:0]
