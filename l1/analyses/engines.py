"""The choice of who looks into a sound."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from l1.analyses.analysis import Heard
from l1.analyses.librosa_engine import beaten_by_librosa, onsets_by_librosa
from l1.analyses.listened import listen
from l1.analyses.peaks import onsets_of
from l1.analyses.spectrum import RATE, rises
from l1.analyses.tracking import Beaten, track
from l1.dag.node import Params

Engine = Literal["numpy", "librosa"]


class EngineParams(Params, frozen=True, kw_only=True):
    """Who looks for what changes in the sound."""

    engine: Annotated[
        Engine,
        msgspec.Meta(description="`numpy` is built in; `librosa` has to be installed, and is slow"),
    ] = "numpy"


def find_beats(path: Path, params: EngineParams, heard: Heard) -> tuple[int, Beaten]:
    """Answer the length of the sound in milliseconds and its beats."""
    blocks = listen(path, rate=RATE, heard=heard)
    if params.engine == "librosa":
        return beaten_by_librosa(blocks)
    sound = rises(blocks)
    return sound.duration_ms, track(sound)


def find_onsets(
    path: Path, params: EngineParams, heard: Heard
) -> tuple[int, list[int], list[float]]:
    """Answer the length of the sound in milliseconds, its onsets and how strong they are."""
    blocks = listen(path, rate=RATE, heard=heard)
    if params.engine == "librosa":
        return onsets_by_librosa(blocks)
    sound = rises(blocks)
    times, strengths = onsets_of(sound)
    return sound.duration_ms, times, strengths
