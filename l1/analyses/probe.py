"""The probe: what a file is, the first analysis of every upload; as a step, PROBE, a document."""

from pathlib import Path
from typing import get_args

from l1.analyses.analysis import Analysis, Heard, NoParams
from l1.content.media_info import Kind, MediaInfo
from l1.media.probing import probe


def _analyse(path: Path, _params: NoParams, _heard: Heard) -> MediaInfo:
    return probe(path)


PROBE = Analysis(
    name="probe",
    version=1,
    summary="Finds out what a file is: kind, codecs, size, length, rate, and whether it is whole",
    analyse=_analyse,
    accepts=frozenset[Kind](get_args(Kind)),
)
