"""SCENES: where a video cuts from one scene to another."""

from fractions import Fraction
from pathlib import Path

from l1.analyses.analysis import Analysis, Heard, NoParams
from l1.content.features import Scenes
from l1.media.decoding import open_clip
from l1.media.scenes import scenes_of


def _analyse(path: Path, _params: NoParams, heard: Heard) -> Scenes:
    with open_clip(path) as clip:
        rate = clip.rate
    total = 0

    def seen(pictures: int) -> None:
        nonlocal total
        total = pictures
        heard(_ms(pictures, rate))

    cuts = scenes_of(path, seen)
    return Scenes(
        duration_ms=_ms(total, rate),
        frames=total,
        cuts=cuts,
        cuts_ms=tuple(_ms(number, rate) for number in cuts),
    )


def _ms(pictures: int, rate: Fraction) -> int:
    return round(pictures * 1000 / rate)


SCENES = Analysis(
    name="scenes",
    version=1,
    summary="Finds the pictures of a video with which a new scene begins",
    analyse=_analyse,
    accepts=frozenset({"video"}),
)
