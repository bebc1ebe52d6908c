"""Beats and onsets as librosa finds them: a second opinion, chosen by `engine: librosa`.

Librosa is not among what a server needs: it is half a gigabyte large and compiles itself for half
a minute before its first answer. What it compiles goes to NUMBA_CACHE_DIR where that may be
written, else to a temporary folder: a sandboxed child keeps it in its own, since code that one
child could leave for the next would undo the sandbox.
"""

import os
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l1.analyses.spectrum import RATE, rises
from l1.analyses.tracking import Beaten, described
from l1.errors import Refused

_REQUIREMENT = "librosa==0.11.0"
_CACHE = "NUMBA_CACHE_DIR"
_MOST_S, _LEAST_S = 3600, 1
"""It holds the whole sound in memory several times, and cannot analyse a moment."""


def beaten_by_librosa(blocks: Iterable[NDArray[np.float32]]) -> tuple[int, Beaten]:
    """Find the length in milliseconds and the beats. Raises `Refused` where it is not installed."""
    librosa = _librosa()
    sound = _whole(blocks)
    looked = rises([sound[None]])
    if len(sound) < _LEAST_S * RATE or not looked.all.any():
        return looked.duration_ms, Beaten()
    tempo, seconds = librosa.beat.beat_track(y=sound, sr=RATE, units="time")
    bpm = float(np.atleast_1d(tempo)[0])
    return looked.duration_ms, described(looked, _milliseconds(seconds, looked.duration_ms), bpm)


def onsets_by_librosa(blocks: Iterable[NDArray[np.float32]]) -> tuple[int, list[int], list[float]]:
    """Find the length, the onsets and their strengths. Raises `Refused` if it is not installed."""
    librosa = _librosa()
    sound = _whole(blocks)
    duration_ms = round(len(sound) * 1000 / RATE)
    if len(sound) < _LEAST_S * RATE:
        return duration_ms, [], []
    strength = librosa.onset.onset_strength(y=sound, sr=RATE)
    found = librosa.onset.onset_detect(onset_envelope=strength, sr=RATE, units="frames")
    seconds = librosa.frames_to_time(found, sr=RATE)
    times = _milliseconds(seconds, duration_ms)
    return duration_ms, times, [float(each) for each in strength[found][: len(times)]]


def _librosa() -> ModuleType:
    if find_spec("librosa") is None:
        raise Refused(
            f"This worker has no librosa. Install it with `{sys.executable} -m pip install "
            f"{_REQUIREMENT}`, or leave out `engine`: the built-in one needs nothing",
            code="no_librosa",
        )
    _give_numba_a_folder()
    import librosa  # noqa: PLC0415 - takes seconds, and is optional

    return librosa


def _give_numba_a_folder() -> None:
    """Have compiled code kept where it can be; numba fails where it cannot keep any."""
    try:
        with tempfile.TemporaryFile(dir=os.environ[_CACHE]):
            return
    except (KeyError, OSError):
        os.environ[_CACHE] = tempfile.mkdtemp(prefix="numba-")


def _whole(blocks: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    parts: list[NDArray[np.float32]] = []
    samples = 0
    for block in blocks:
        parts.append(block[0])
        samples += block.shape[1]
        if samples > _MOST_S * RATE:
            raise Refused(
                f"Librosa takes sounds of at most {_MOST_S} seconds; leave out `engine`, or cut "
                "the sound first",
                code="too_long",
            )
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _milliseconds(seconds: Any, duration_ms: int) -> list[int]:
    times = (round(float(each) * 1000) for each in seconds)
    return list(dict.fromkeys(ms for ms in times if ms <= duration_ms))
