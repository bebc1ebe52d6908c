"""CHROMA_KEY: takes one colour out of a video or an image, such as a green screen.

Only the hue and strength of colours count, not their brightness. `similarity` is how far from the
key a colour is still taken out, where 1 is the way from the key to grey; over the next `smoothness`
it comes back. `spill` takes the light of the screen off what is kept.

A second input is seen where the colour was: it is made to fill the frame, cut off outside, and its
last picture stays when it ends before the first input. Without one an image is left transparent
there, or is filled with `background`, and a video with that or with black. Colours of video are
stored at half the size, so the edge of a key is never finer than two pixels.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

import msgspec

from l1.content.media_info import Kind
from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job
from l1.effects.stack import effect_of_stack
from l1.media.colours import colour, colour_text
from l1.media.compositing import backed
from l1.media.keying import is_key, key_table, keyed, without_spill
from l1.media.pictures import Picture
from l1.media.shots import Shot
from l1.media.stacking import Arrange, Entry, Mix, Plate, as_it_is, filling

_PICTURES: frozenset[Kind] = frozenset({"video", "image"})


class ChromaKeyParams(Params, frozen=True, kw_only=True):
    """Which colour is taken out, and how far around it."""

    colour: Annotated[
        str, msgspec.Meta(description="The colour of the screen: #rrggbb or a name, no grey")
    ] = "#00ff00"
    similarity: Annotated[
        Decimal,
        fraction("How far from it all is gone; 1 is the way to grey", ge="0", le="2"),
    ] = Decimal("0.4")
    smoothness: Annotated[
        Decimal, fraction("Over how much further colours come back", ge="0", le="2")
    ] = Decimal("0.2")
    spill: Annotated[
        Decimal,
        fraction("How much of the screen's light is taken off the rest", ge="0", le="1"),
    ] = Decimal("0.5")
    background: Annotated[
        str,
        msgspec.Meta(description="Colour where the screen was and no second input is: #rrggbb"),
    ] = "#00000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not is_key(colour(self.colour)):
            raise ValueError(f"`colour` {self.colour} is too grey to be taken out; choose another")
        msgspec.structs.force_setattr(self, "colour", colour_text(self.colour))
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


def _arrange(job: Job) -> Arrange:
    key, ground = colour(job.params.colour), colour(job.params.background)

    def arrange(plate: Plate, shots: Sequence[Shot]) -> tuple[Sequence[Entry], Mix]:
        def mix(pictures: Sequence[Picture | None], number: int) -> Picture:
            picture, *behind = pictures
            assert picture is not None
            params = job.at(number, plate.rate)
            table = key_table(key, params.similarity, params.smoothness)
            spill = int((params.spill * 256).to_integral_value(ROUND_HALF_EVEN))
            cut_out = without_spill(keyed(picture, table), key, spill)
            return backed(cut_out, behind[0] if behind else None, ground)

        behind = (Entry(fit=filling(shot, plate)) for shot in shots[1:])
        return (Entry(fit=as_it_is(plate)), *behind), mix

    return arrange


CHROMA_KEY = effect_of_stack(
    Node(
        name="chroma_key",
        version=1,
        summary="Takes one colour out of a video or an image, such as a green screen",
        params=ChromaKeyParams,
        accepts=(_PICTURES, _PICTURES),
        fewest=1,
        slots=("picture", "background"),
        binds=("similarity", "smoothness", "spill"),
        gives=_PICTURES,
    ),
    _arrange,
)
