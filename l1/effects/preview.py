"""PREVIEW: a short part of a video as an animated GIF or WebP, small, without sound.

The colours of a GIF are chosen once for all of it; a WebP has all colours, and is several times
smaller. A GIF counts in hundredths of a second and a WebP in thousandths, so that `fps` is brought
to the nearest rate of which it can say how long a picture lasts; the step's log tells. A part that
reaches beyond the end is as long as there are pictures.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.animation import HUNDREDTH, THOUSANDTH, write_gif, write_webp
from l1.media.mapping import counted
from l1.media.palettes import Paletted, palette_of
from l1.media.pictures import Picture
from l1.media.reel import Reel, open_reel
from l1.media.resizing import Resizer, lay_out

_LOOKED_AT = 24


class PreviewParams(Params, frozen=True, kw_only=True):
    """Which part, and how it looks."""

    format: Annotated[
        Literal["gif", "webp"], msgspec.Meta(description="What kind of file it is")
    ] = "gif"
    start: Annotated[Decimal, fraction("Second at which the part begins", ge="0", le="14400")] = (
        Decimal(0)
    )
    duration: Annotated[Decimal, fraction("Seconds that it lasts at most", ge="0.02", le="60")] = (
        Decimal(4)
    )
    fps: Annotated[Decimal, fraction("Pictures in a second", ge="1", le="50")] = Decimal(10)
    width: Annotated[
        int, msgspec.Meta(ge=16, le=1920, description="Pixels across; the height follows")
    ] = 320
    colours: Annotated[
        int, msgspec.Meta(ge=2, le=256, description="Colours that a GIF has at most")
    ] = 255
    dither: Annotated[
        bool,
        msgspec.Meta(
            description="Mix a GIF's colours in a fine pattern, against steps in surfaces"
        ),
    ] = True
    quality: Annotated[
        int, msgspec.Meta(ge=1, le=100, description="How good a WebP looks, and how large it is")
    ] = 75
    loop: Annotated[bool, msgspec.Meta(description="Begin again at the end")] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        # What the other kind of file is about does not count, so that equal files have equal keys.
        same = {"quality": 75} if self.format == "gif" else {"colours": 255, "dither": True}
        for name, value in same.items():
            msgspec.structs.force_setattr(self, name, value)


def _render(job: Job) -> None:
    params: PreviewParams = job.params
    unit, least = (HUNDREDTH, 2) if params.format == "gif" else (THOUSANDTH, 1)
    delay = max(least, round(1 / (Fraction(params.fps) * unit)))
    if 1 / (delay * unit) != Fraction(params.fps):
        name, parts = ("GIF", "hundredths") if params.format == "gif" else ("WebP", "thousandths")
        rate = float(1 / (delay * unit))
        job.note(f"A {name} has whole {parts} of a second: {rate:.2f} pictures a second")
    with open_reel(job.sources[0].path) as reel:
        numbers = _numbers(reel, params, delay * unit)
        first = reel.at(numbers[0])
        layout = lay_out(
            (first.width, first.height), reel.aspect, width=params.width, height=None, mode="fit"
        )
        fit = Resizer(layout)
        shown: Iterator[Picture] = (fit(reel.at(number)) for number in numbers)
        pictures = counted(shown, total=len(numbers), progress=job.progress)
        if params.format == "webp":
            write_webp(
                job.output,
                pictures,
                size=layout.canvas,
                delay=delay,
                quality=params.quality,
                loops=params.loop,
            )
            return
        some = numbers[:: ceil(len(numbers) / _LOOKED_AT)]
        palette = palette_of((fit(reel.at(number)) for number in some), params.colours)
        write_gif(
            job.output,
            map(Paletted(palette, dither=params.dither), pictures),
            palette=palette,
            size=layout.canvas,
            delay=delay,
            loops=params.loop,
        )


def _numbers(reel: Reel, params: PreviewParams, step: Fraction) -> list[int]:
    """List the pictures that are seen at the part's own rate."""
    start, length = Fraction(params.start), reel.frames / reel.rate
    if start >= length:
        raise Refused(
            f"The preview would begin at {params.start} s, and the video is {float(length):.3f} s "
            "long; choose a part inside it"
        )
    lasting = min(Fraction(params.duration), length - start)
    return [int((start + each * step) * reel.rate) for each in range(ceil(lasting / step))]


PREVIEW = Effect(
    node=Node(
        name="preview",
        version=1,
        summary="Makes a small animated GIF or WebP of a part of a video",
        params=PreviewParams,
        accepts=(frozenset({"video"}),),
        gives="image",
    ),
    render=_render,
)
