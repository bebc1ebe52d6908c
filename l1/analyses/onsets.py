"""ONSETS: when something new sounds, on the beat or off it."""

from pathlib import Path

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.engines import EngineParams, find_onsets
from l1.analyses.listened import SOUNDING
from l1.analyses.scaling import thousandths
from l1.content.features import Onsets


def _analyse(path: Path, params: EngineParams, heard: Heard) -> Onsets:
    duration_ms, times, strengths = find_onsets(path, params, heard)
    return Onsets(duration_ms=duration_ms, onsets_ms=tuple(times), strengths=thousandths(strengths))


ONSETS = Analysis(
    name="onsets",
    version=1,
    summary="Finds when something new begins to sound, and how strongly",
    analyse=_analyse,
    params=EngineParams,
    accepts=SOUNDING,
)
