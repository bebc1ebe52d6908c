"""MOTION_TEMPO: how often the motion in a video swells, as steps, strokes or a dance do.

What changes from picture to picture is a curve, and the pulse is the time after which the curve
is most like itself. The cuts of the video are left out: they are no motion.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np

from l1.analyses.analysis import Analysis, Heard, NoParams
from l1.analyses.periodicity import Signal, likeness, period_of, prominent
from l1.analyses.spectrum import FRAMES_A_SECOND, Curve
from l1.content.features import MotionTempo
from l1.media.decoding import open_clip
from l1.media.motion import differences_of
from l1.media.scenes import cuts_in

SLOWEST_BPM, FASTEST_BPM = 30, 200

_LEAST_LIKENESS, _LEAST_IN_A_SECOND = 0.2, 0.9
"""Motion that is less like itself has no pulse; the shorter it lasts, the more is due to chance."""

_READINESS = 0.7
"""Two periods are as like each other as one; the faster of such tempi is meant."""

_SMOOTH_S = 0.12


def _analyse(path: Path, _params: NoParams, heard: Heard) -> MotionTempo:
    with open_clip(path) as clip:
        rate = clip.rate
    differences = differences_of(path, lambda seen: heard(_ms(seen, rate)))
    signal = prominent(_curve(differences, rate))
    period = period_of(signal, between_bpm=(SLOWEST_BPM, FASTEST_BPM), weigh=_readily)
    alike = likeness(signal, period) if period else 0.0
    seconds = max(1.0, len(differences) / float(rate))
    pulses = alike >= max(_LEAST_LIKENESS, _LEAST_IN_A_SECOND / seconds**0.5)
    return MotionTempo(
        duration_ms=_ms(len(differences), rate),
        tempo_mbpm=round(60_000 * FRAMES_A_SECOND / period) if period and pulses else 0,
        confidence=round(1000 * alike) if pulses else 0,
    )


def _curve(differences: list[int], rate: Fraction) -> Curve:
    """Read the motion as often as sound is looked at, between its pictures in straight lines."""
    # Of the first picture and of cuts it is not known what moved: it goes on as before.
    unknown = {0, *cuts_in(differences)}
    known = [number for number in range(len(differences)) if number not in unknown]
    if not known:
        return np.zeros(0, np.float32)
    # Of few pictures a second, some catch a swell at its height and others miss it; the root of
    # what changes makes less of that.
    motion = np.sqrt(np.array(differences, np.float64)[known])
    times = np.arange(int(len(differences) / rate * FRAMES_A_SECOND)) / FRAMES_A_SECOND
    read = np.interp(times * float(rate), known, motion)
    return np.asarray(_smoothed(read), np.float32)


def _smoothed(curve: Signal) -> Signal:
    width = round(_SMOOTH_S * FRAMES_A_SECOND)
    window = np.hanning(width + 2)[1:-1]
    return np.convolve(curve, window / window.sum(), "same")


def _readily(bpm: Signal) -> Signal:
    return np.asarray((bpm / FASTEST_BPM) ** _READINESS)


def _ms(pictures: int, rate: Fraction) -> int:
    return round(pictures * 1000 / rate)


MOTION_TEMPO = Analysis(
    name="motion_tempo",
    version=1,
    summary="Finds how often the motion in a video swells, from 30 to 200 times a minute",
    analyse=_analyse,
    accepts=frozenset({"video"}),
)
