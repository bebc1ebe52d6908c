"""TEXT: writes over a video or an image.

What is written stands in `text`, or in a second input, a text file in UTF-8, which counts where it
is given. Lengths follow the picture, so that a text looks alike in any size: `size` is in parts of the
picture's height, the margin in parts of its shorter side, outline and shadow in parts of the
text's size. Lines are broken where they would leave the picture, and what does not fit below is
left out. The font is the one that comes with Pillow, in which English can be written; characters
that it does not have are refused. On an image, and on a video of one picture, times do not count.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import structs

from l1.dag.node import Node, Params, fraction
from l1.dag.recipe import RecipeStep
from l1.effects.look import Change, Stage, effect_of_look
from l1.errors import Refused
from l1.media.colours import Colour, colour, colour_text
from l1.media.lettering import Align, Lettering, inked, lettered, missing
from l1.media.pictures import Picture

LONGEST = 2000
_ZERO = Decimal(0)


class TextParams(Params, frozen=True, kw_only=True):
    """What is written, where, how and when."""

    text: Annotated[
        str,
        msgspec.Meta(
            max_length=LONGEST,
            description="What is written, where no second input says it; may have lines",
        ),
    ] = ""
    size: Annotated[
        Decimal, fraction("Height of the letters, in parts of the picture's", ge="0.005", le="0.5")
    ] = Decimal("0.08")
    x: Annotated[Decimal, fraction("Where across: 0 left, 1 right", ge="0", le="1")] = Decimal(
        "0.5"
    )
    y: Annotated[Decimal, fraction("Where down: 0 top, 1 bottom", ge="0", le="1")] = Decimal(1)
    margin: Annotated[
        Decimal, fraction("Room at the sides, in parts of the shorter side", ge="0", le="0.4")
    ] = Decimal("0.05")
    align: Annotated[Align, msgspec.Meta(description="How lines stand below each other")] = "centre"
    spacing: Annotated[
        Decimal, fraction("From line to line, in parts of the size", ge="0.5", le="5")
    ] = Decimal("1.2")
    colour: Annotated[str, msgspec.Meta(description="Of the letters: #rrggbb or a name")] = (
        "#ffffff"
    )
    outline: Annotated[
        Decimal, fraction("Around the letters, in parts of the size", ge="0", le="0.25")
    ] = _ZERO
    outline_colour: Annotated[str, msgspec.Meta(description="Of the outline")] = "#000000"
    shadow: Annotated[
        Decimal, fraction("To the right and below, in parts of the size", ge="0", le="0.5")
    ] = _ZERO
    shadow_colour: Annotated[str, msgspec.Meta(description="Of the shadow")] = "#00000099"
    start: Annotated[Decimal, fraction("Second at which it comes", ge="0", le="86400")] = _ZERO
    end: Annotated[
        Decimal | None, fraction("Second at which it goes; left out, it stays", ge="0", le="86400")
    ] = None
    fade: Annotated[
        Decimal, fraction("Seconds in which it comes and, with `end`, goes", ge="0", le="60")
    ] = _ZERO

    def __post_init__(self) -> None:
        super().__post_init__()
        if wrong := _unwritable(self.text):
            raise ValueError(wrong)
        if self.end is not None and self.end <= self.start:
            raise ValueError("`end` comes after `start`")
        # What has no effect does not count, so that equal results have equal keys.
        used = {"colour": True, "outline_colour": self.outline, "shadow_colour": self.shadow}
        for field in structs.fields(type(self)):
            if field.name in used:
                ink = colour_text(getattr(self, field.name))
                meant = ink if used[field.name] else field.default
                structs.force_setattr(self, field.name, meant)


def _unwritable(text: str) -> str:
    """Say why a text cannot be written; nothing where it can."""
    if odd := [char for char in text if char < " " and char != "\n"]:
        return f"the text has the control character {odd[0]!r}; it may have lines"
    if strange := missing(text):
        return f"the font has no {strange[:20]!r}; it has the characters of English"
    return ""


def _read(path: Path) -> str:
    if path.stat().st_size > 4 * LONGEST:
        raise Refused(f"The text is longer than the {LONGEST} characters allowed")
    try:
        text = "\n".join(path.read_text("utf-8-sig").splitlines()).strip("\n")
    except UnicodeDecodeError:
        raise Refused("The second input of TEXT is no text in UTF-8") from None
    if len(text) > LONGEST:
        raise Refused(f"The text is longer than the {LONGEST} characters allowed")
    if wrong := _unwritable(text):
        raise Refused(f"The second input of TEXT cannot be written: {wrong}")
    return text


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Leave `text` out where an input says what is written; refuse a step without either."""
    assert isinstance(params, TextParams)
    if len(step.inputs) > 1:
        config = {name: value for name, value in step.config.items() if name != "text"}
        return (structs.replace(step, config=config),)
    if not params.text:
        raise _nothing()
    return (step,)


def _nothing() -> Refused:
    message = "TEXT has nothing to write: say it in `text`, or in a second input"
    return Refused(message, code="bad_parameter", field="text")


def _look(params: TextParams, stage: Stage) -> Change:
    written = _read(stage.beside[0]) if stage.beside else params.text
    if not written:
        raise _nothing()

    def change(picture: Picture, number: int) -> Picture:
        share = _shown(params, stage, number)
        return _written(picture, written, params, share) if share else picture

    return change


def _shown(params: TextParams, stage: Stage, number: int) -> Fraction:
    """Tell how much of the text is to be seen, from 0 to 1."""
    now, whole = number / stage.rate, Fraction(1)
    if stage.frames <= 1:
        return whole
    if now < params.start or (params.end is not None and now >= params.end):
        return Fraction(0)
    if not params.fade:
        return whole
    come = (now - Fraction(params.start)) / Fraction(params.fade)
    gone = whole if params.end is None else (Fraction(params.end) - now) / Fraction(params.fade)
    return min(whole, come, gone)


def _touches(params: TextParams, stage: Stage, first: int, stop: int) -> bool:
    return any(_shown(params, stage, number) for number in range(first, stop))


def _written(picture: Picture, text: str, params: TextParams, share: Fraction) -> Picture:
    frame = (picture.width, picture.height)
    size = max(1, round(params.size * picture.height))
    lettering = Lettering(
        text=text,
        size=size,
        pitch=max(1, round(params.spacing * size)),
        align=params.align,
        place=(round(params.x * 1000), round(params.y * 1000)),
        margin=round(params.margin * min(frame)),
    )
    letters = around = lettered(lettering, frame)
    if wide := round(params.outline * size):
        around = lettered(replace(lettering, outline=wide), frame)
    if by := round(params.shadow * size):
        picture = inked(picture, around, _ink(params.shadow_colour, share), right=by, down=by)
    if wide:
        picture = inked(picture, around, _ink(params.outline_colour, share))
    return inked(picture, letters, _ink(params.colour, share))


def _ink(written: str, share: Fraction) -> Colour:
    ink = colour(written)
    return ink._replace(alpha=round(ink.alpha * share))


TEXT = effect_of_look(
    Node(
        name="text",
        version=1,
        summary="Writes over a video or an image",
        params=TextParams,
        accepts=(frozenset({"video", "image"}), frozenset({"text"})),
        fewest=1,
        slots=("source", "text"),
        expand=expand,
    ),
    _look,
    _touches,
)
