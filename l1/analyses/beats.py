"""BEATS: when the beats fall, and which of them begin a bar."""

from pathlib import Path

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.engines import EngineParams, find_beats
from l1.analyses.listened import SOUNDING
from l1.content.features import Beats


def _analyse(path: Path, params: EngineParams, heard: Heard) -> Beats:
    duration_ms, found = find_beats(path, params, heard)
    return Beats(
        duration_ms=duration_ms,
        tempo_mbpm=found.tempo_mbpm,
        confidence=found.confidence,
        beats_ms=found.beats_ms,
        downbeats_ms=found.downbeats_ms,
    )


BEATS = Analysis(
    name="beats",
    version=2,
    summary="Finds when the beats of a sound fall, which begin a bar, and the tempo",
    analyse=_analyse,
    params=EngineParams,
    accepts=SOUNDING,
)
