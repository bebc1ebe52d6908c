"""MASK: keeps of a video or an image what a second one shows bright.

The first input is the picture, the second the mask: where it is white the picture is kept, where
it is black it is gone, greys let through in proportion, and what is transparent in it counts as
black. A third input is seen where the picture is gone; without one an image is left transparent
there, or is filled with `background`, and a video with that or with black.

Mask and third input are made to fill the picture's frame, cut off outside; an end of theirs that
comes earlier than that of the picture leaves their last picture standing.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from l1.content.media_info import Kind
from l1.dag.node import Node, Params
from l1.effects.effect import Job
from l1.effects.stack import effect_of_stack
from l1.media.colours import colour, colour_text
from l1.media.compositing import backed, part_of
from l1.media.keying import grey_of
from l1.media.pictures import Picture
from l1.media.resizing import Resizer
from l1.media.shots import Shot
from l1.media.stacking import Arrange, Entry, Mix, Plate, as_it_is, filling
from l1.media.together import Fit

_PICTURES: frozenset[Kind] = frozenset({"video", "image"})


class MaskParams(Params, frozen=True, kw_only=True):
    """What of the mask keeps the picture, and what is seen where it is gone."""

    invert: Annotated[
        bool, msgspec.Meta(description="Keep what the mask shows dark instead of bright")
    ] = False
    background: Annotated[
        str,
        msgspec.Meta(description="Colour where nothing is kept and no third input is: #rrggbb"),
    ] = "#00000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


def _arrange(job: Job) -> Arrange:
    params = job.params
    ground = colour(params.background)

    def mix(pictures: Sequence[Picture | None], _number: int) -> Picture:
        picture, mask, *behind = pictures
        assert picture is not None
        assert mask is not None
        return backed(_kept(picture, mask), behind[0] if behind else None, ground)

    def arrange(plate: Plate, shots: Sequence[Shot]) -> tuple[Sequence[Entry], Mix]:
        mask = Entry(fit=_grey(filling(shots[1], plate), invert=params.invert))
        behind = (Entry(fit=filling(shot, plate)) for shot in shots[2:])
        return (Entry(fit=as_it_is(plate)), mask, *behind), mix

    return arrange


def _grey(resize: Resizer, *, invert: bool) -> Fit:
    """Make a mask's pictures grey, once for each."""

    def fit(picture: Picture) -> Picture:
        grey = grey_of(resize(picture))
        grey = ~grey if invert else grey
        return Picture(red=grey, green=grey, blue=grey)

    return fit


def _kept(picture: Picture, mask: Picture) -> Picture:
    cover = mask.red if picture.alpha is None else part_of(picture.alpha, mask.red)
    return Picture(red=picture.red, green=picture.green, blue=picture.blue, alpha=cover)


MASK = effect_of_stack(
    Node(
        name="mask",
        version=1,
        summary="Keeps of a video or an image what a second one shows bright",
        params=MaskParams,
        accepts=(_PICTURES, _PICTURES, _PICTURES),
        fewest=2,
        slots=("picture", "mask", "background"),
        gives=_PICTURES,
    ),
    _arrange,
)
