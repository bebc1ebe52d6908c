"""LOUDNESS: how loud a sound is to an ear, by EBU R128."""

from collections.abc import Iterator
from pathlib import Path

from l1.analyses.analysis import Analysis, Heard, NoParams
from l1.analyses.listened import SOUNDING
from l1.content.features import Loudness
from l1.media.listening import hear
from l1.media.loudness import HOP, loudness_of
from l1.media.samples import Samples
from l1.media.sound import RATE


def _analyse(path: Path, _params: NoParams, heard: Heard) -> Loudness:
    found = loudness_of(_told(path, heard))
    return Loudness(
        duration_ms=round(found.samples * 1000 / RATE),
        hop_ms=HOP * 1000 // RATE,
        integrated_clufs=found.integrated,
        range_clu=found.range,
        true_peak_cdb=found.true_peak,
        momentary_clufs=found.momentary,
    )


def _told(path: Path, heard: Heard) -> Iterator[Samples]:
    """Hear both sides, saying how far."""
    samples = 0
    for block in hear(path, rate=RATE):
        samples += block.shape[1]
        heard(samples * 1000 // RATE)
        yield block


LOUDNESS = Analysis(
    name="loudness",
    version=1,
    summary="Measures loudness by EBU R128: integrated, range, momentary curve and true peak",
    analyse=_analyse,
    accepts=SOUNDING,
)
