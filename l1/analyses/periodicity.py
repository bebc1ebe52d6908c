"""How fast a curve of onsets repeats itself, to a ten-thousandth.

Several multiples of a period stand out together in the autocorrelation, and the longer the
multiple, the more exactly it tells the period: 64 beats locate it 64 times as well as one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from l1.analyses.spectrum import FRAMES_A_SECOND, Curve

SLOWEST_BPM, FASTEST_BPM = 40, 240

_FAVOURITE_BPM = 120
_OCTAVES = 0.9
"""Deviation of the tempi that people tap along with (Moelants, "Preferred tempo", ICMPC 2002)."""

_HARMONICS = ((1, 1.0), (2, 0.8), (3, 0.6), (4, 0.5))
_LONG = (2, 4, 8, 16, 32, 64)
_FEWEST = 4
"""Beats that a sound has to be long enough for."""

_GRAIN = 0.004
_FORGET_S = 0.5

Signal = NDArray[np.float64]


def prominent(curve: Curve) -> Signal:
    """Keep what stands out from half a second around it, in units of its deviation.

    All zero where nothing stands out.
    """
    around = int(_FORGET_S * FRAMES_A_SECOND)
    sums = np.concatenate([[0.0], np.cumsum(curve, dtype=np.float64)])
    at = np.arange(len(curve))
    first, last = np.maximum(at - around, 0), np.minimum(at + around + 1, len(curve))
    above = np.maximum(curve - (sums[last] - sums[first]) / (last - first), 0)
    spread = float(above.std()) if len(above) else 0.0
    return np.asarray(above / spread if spread > 0 else np.zeros(len(curve)), np.float64)


def as_tapped(bpm: Signal) -> Signal:
    """Weigh tempi by how readily people tap along with them."""
    return np.asarray(np.exp(-0.5 * (np.log2(bpm / _FAVOURITE_BPM) / _OCTAVES) ** 2))


def period_of(
    signal: Signal,
    *,
    between_bpm: tuple[float, float] = (SLOWEST_BPM, FASTEST_BPM),
    weigh: Callable[[Signal], Signal] = as_tapped,
) -> float | None:
    """Find the period of the beat in frames; None where nothing repeats itself often enough.

    `weigh` tells of tempi how much is thought of each before anything is heard.
    """
    slowest, fastest = between_bpm
    bpm = np.exp(np.arange(np.log(slowest), np.log(fastest), _GRAIN))
    lags = 60 * FRAMES_A_SECOND / bpm
    if len(signal) < _FEWEST * lags[-1] or not signal.any():
        return None
    alike = _autocorrelation(signal)
    summed = np.sum([weight * _at(alike, lags * times) for times, weight in _HARMONICS], axis=0)
    summed[lags * _FEWEST > len(signal)] = 0
    favoured = summed * weigh(bpm)
    if favoured.max() <= 0:
        return None
    return _refined(alike, float(lags[favoured.argmax()]))


def likeness(signal: Signal, period: float) -> float:
    """Tell how alike a signal is to itself one to four periods later, from 0 to 1."""
    if not signal.any():
        return 0.0
    alike = _autocorrelation(signal)
    lags = period * np.array([times for times, _ in _HARMONICS])
    lags = lags[lags < len(alike) - 2]
    return float(np.clip(_at(alike, lags).mean(), 0, 1)) if len(lags) else 0.0


def between(signal: Signal, at: Signal) -> Signal:
    """Read a signal between its frames, linearly."""
    low = np.clip(np.floor(at).astype(np.intp), 0, len(signal) - 2)
    part = np.clip(at - low, 0, 1)
    return np.asarray(signal[low] * (1 - part) + signal[low + 1] * part)


def _autocorrelation(signal: Signal) -> Signal:
    """Correlate by the Fourier transform, 1 at lag 0, corrected for how little overlaps later."""
    centred = signal - signal.mean()
    size = 1 << (2 * len(signal) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    raw = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[: len(signal)]
    raw /= np.arange(len(signal), 0, -1)
    return np.asarray(raw / raw[0])


def _at(alike: Signal, lags: Signal) -> Signal:
    return np.where(lags < len(alike) - 1, between(alike, lags), 0)


def _refined(alike: Signal, lag: float) -> float:
    """Follow the period from multiple to multiple, while each still stands out."""
    enough = 0.25 * float(_at(alike, np.array([lag]))[0])
    for times in (1, *_LONG):
        guess = round(lag * times)
        near = np.arange(guess - 3, guess + 4)
        if near[-1] + 1 >= len(alike) * 2 // 3:
            break
        peak = int(near[np.argmax(alike[near])])
        if peak in (near[0], near[-1]) or alike[peak] < enough:
            break
        lag = (peak + _vertex(*alike[peak - 1 : peak + 2])) / times
    return lag


def _vertex(before: float, here: float, after: float) -> float:
    """Tell where between its neighbours a parabola through three points is highest."""
    bend = before - 2 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0
