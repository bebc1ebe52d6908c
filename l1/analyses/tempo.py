"""TEMPO: how fast the beat is."""

from pathlib import Path

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.engines import EngineParams, find_beats
from l1.analyses.listened import SOUNDING
from l1.content.features import Tempo


def _analyse(path: Path, params: EngineParams, heard: Heard) -> Tempo:
    _, found = find_beats(path, params, heard)
    return Tempo(tempo_mbpm=found.tempo_mbpm, confidence=found.confidence)


TEMPO = Analysis(
    name="tempo",
    version=2,
    summary="Finds the tempo of a sound in thousandths of a beat per minute",
    analyse=_analyse,
    params=EngineParams,
    accepts=SOUNDING,
)
