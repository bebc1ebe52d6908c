"""KEY: in which of the 24 major and minor keys a sound is.

The notes that sound are compared with how well each note fits a key to listeners' ears (Krumhansl
& Kessler, "Tracing the dynamic changes in perceived tonal organization", Psychological Review
1982), by correlation, as Krumhansl and Schmuckler do it.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l1.analyses.analysis import Analysis, Heard, NoParams
from l1.analyses.chroma import NOTES, RATE, chroma_of
from l1.analyses.listened import SOUNDING, listen
from l1.content.features import Key

_MAJOR = (635, 223, 348, 233, 438, 409, 252, 519, 239, 366, 229, 288)
_MINOR = (633, 268, 352, 538, 260, 353, 254, 475, 398, 269, 334, 317)
_CLEAR = 0.1
"""A key that is ahead of the next by so much leaves no doubt."""


def _analyse(path: Path, _params: NoParams, heard: Heard) -> Key:
    return key_of(listen(path, rate=RATE, heard=heard))


def key_of(blocks: Iterable[NDArray[np.float32]]) -> Key:
    """Find the key of a sound given as blocks of shape (1, n) at the rate of `chroma_of`."""
    found = chroma_of(blocks)
    duration_ms = round(found.samples * 1000 / RATE)
    likeness = _likeness(found.notes)
    first, second = np.argsort(-likeness, kind="stable")[:2]
    if likeness[first] <= 0:
        return Key(duration_ms=duration_ms, confidence=0, notes=found.notes, tuning_cents=0)
    ahead = min(1.0, float(likeness[first] - likeness[second]) / _CLEAR)
    return Key(
        duration_ms=duration_ms,
        tonic=int(first) % NOTES,
        mode="major" if first < NOTES else "minor",
        confidence=round(1000 * float(likeness[first]) * ahead),
        notes=found.notes,
        tuning_cents=found.tuning_cents,
    )


def _likeness(notes: tuple[int, ...]) -> NDArray[np.float64]:
    """Correlate with each key, the major ones first, from C on; 0 where all notes are alike."""
    sounding = np.array(notes, np.int64) * NOTES - sum(notes)
    likeness = np.zeros(2 * NOTES)
    for number in range(2 * NOTES):
        profile = np.roll(_MAJOR if number < NOTES else _MINOR, number % NOTES)
        fitting = profile * NOTES - profile.sum()
        both = int((sounding**2).sum()) * int((fitting**2).sum())
        likeness[number] = int((sounding * fitting).sum()) / both**0.5 if both else 0.0
    return likeness


KEY = Analysis(
    name="key",
    version=1,
    summary="Finds the musical key of a sound, and how strongly each note sounds",
    analyse=_analyse,
    accepts=SOUNDING,
)
