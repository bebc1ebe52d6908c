"""LAYER: lays videos and images over a video or an image.

The first input is the base: the result has its size, length, rate and sound. Each further input
is a layer, the last one on top. A layer is seen from `start` on, a video until its own end, an
image until the end of the base, or either until `end`. What falls outside of the base is cut off.
Transparency of images, animated ones too, and of videos whose codec has it counts.

A place is a whole number of pixels of the base, from its left or upper edge to that of the layer,
or a share of the room that is left, such as `50%`: 0% lies at the left or upper edge, 50% in the
middle, 100% at the right or lower edge, whatever the size of both.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.dag.params import normalise
from l1.dag.recipe import RecipeStep
from l1.effects.effect import Job
from l1.effects.stack import effect_of_stack
from l1.errors import Refused
from l1.media.compositing import lay_over, with_opacity
from l1.media.pictures import Picture
from l1.media.resizing import Resizer, lay_out
from l1.media.shots import Shot
from l1.media.stacking import Arrange, Entry, Mix, Plate, as_it_is
from l1.media.together import Fit

MOST = 16
"""Layers over one base; each video among them is open all the time."""

_PLACE = re.compile(r"(?P<pixels>-?\d{1,6})|(?P<share>-?\d{1,6}(\.\d{1,9})?)%")

Place = int | str


class Layer(Params, frozen=True, kw_only=True):
    """Where one layer lies, when, how large and how clear."""

    position: Annotated[
        tuple[Place, Place],
        msgspec.Meta(
            description="[x, y]: each a whole number of pixels, or a share of the free room "
            "such as 50%, which is the middle"
        ),
    ] = (0, 0)
    scale: Annotated[Decimal, fraction("Factor of the layer's own size", ge="0.001", le="100")] = (
        Decimal(1)
    )
    opacity: Annotated[Decimal, fraction("1 covers as it is, 0 is not seen", ge="0", le="1")] = (
        Decimal(1)
    )
    start: Annotated[
        Decimal, fraction("Second of the base at which it appears", ge="0", le="86400")
    ] = Decimal(0)
    end: Annotated[
        Decimal | None, msgspec.Meta(description="Second at which it is gone; by default, never")
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.end is not None and self.end <= self.start:
            raise ValueError("`end` of a layer comes after its `start`")
        msgspec.structs.force_setattr(self, "position", tuple(map(_place, self.position)))


class LayerParams(Params, frozen=True, kw_only=True):
    """How each layer lies over the base."""

    layers: Annotated[
        tuple[Layer, ...],
        msgspec.Meta(description="One for each layer, from the lowest; the rest lie as they are"),
    ] = ()
    inputs: Annotated[
        tuple[Layer, ...],
        msgspec.Meta(description="The same with an entry for the base before them: `{}`"),
    ] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.inputs and self.layers:
            raise ValueError("LAYER takes either `layers` or `inputs`, not both")
        if self.inputs and self.inputs[0] != Layer():
            raise ValueError(
                "the first of `inputs` is the base, which is shown as it is; leave its entry empty"
            )
        layers = self.layers or self.inputs[1:]
        while layers and layers[-1] == Layer():
            layers = layers[:-1]
        msgspec.structs.force_setattr(self, "layers", layers)
        msgspec.structs.force_setattr(self, "inputs", ())


def _place(written: Place) -> Place:
    """Write a place in its one form; raises `ValueError` for what is neither."""
    found = _PLACE.fullmatch(str(written).strip())
    if found is None:
        raise ValueError(
            f"'{written}' is no place in `position`: write a whole number of pixels, or a share "
            "such as 50%"
        )
    return int(found["pixels"]) if found["pixels"] else f"{Decimal(found['share']).normalize():f}%"


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Leave the step as it is, if each layer has an input."""
    assert isinstance(params, LayerParams)
    _check_count(len(step.inputs), params)
    return (step,)


def _check_count(inputs: int, params: LayerParams) -> None:
    if not 2 <= inputs <= MOST + 1:
        raise Refused(f"LAYER takes a base and 1 to {MOST} layers, and got {inputs} inputs")
    if len(params.layers) > inputs - 1:
        raise Refused(
            f"LAYER has {len(params.layers)} entries in `layers` and {inputs - 1} inputs over its "
            "base; leave out those that belong to no input",
            code="bad_parameter",
            field="layers",
        )


def _arrange(job: Job) -> Arrange:
    _check_count(len(job.sources), job.params)
    kinds = [source.info.kind for source in job.sources]
    if kinds[0] == "image" and "video" in kinds:
        raise Refused(
            "The base of LAYER is an image and a layer is a video; make a video of the image first"
        )
    layers = _layers(job.params, len(job.sources))

    def arrange(plate: Plate, shots: Sequence[Shot]) -> tuple[Sequence[Entry], Mix]:
        entries = [
            Entry(
                fit=_as_they_come if job.curves else _fit(shot, plate, layer),
                begin=Fraction(layer.start),
                end=None if layer.end is None else Fraction(layer.end),
                stays=False,
                needs=normalise(msgspec.structs.replace(layer, start=Decimal(0), end=None)),
            )
            for shot, layer in zip(shots[1:], layers, strict=True)
        ]
        mix = _following(job, plate, shots) if job.curves else _mix(layers)
        return (Entry(fit=as_it_is(plate)), *entries), mix

    return arrange


def _layers(params: LayerParams, inputs: int) -> tuple[Layer, ...]:
    """List one entry for each input above the base."""
    return (*params.layers, *[Layer()] * (inputs - 1 - len(params.layers)))


def _as_they_come(picture: Picture) -> Picture:
    """Leave pictures to what lays them, which changes from one to the next."""
    return picture


def _following(job: Job, plate: Plate, shots: Sequence[Shot]) -> Mix:
    """Lay layers by what their parameters are at each picture."""

    def mix(pictures: Sequence[Picture | None], number: int) -> Picture:
        layers = _layers(job.at(number, plate.rate), len(shots))
        above = zip(pictures[1:], shots[1:], layers, strict=True)
        fitted = [picture and _fit(shot, plate, layer)(picture) for picture, shot, layer in above]
        return _mix(layers)([pictures[0], *fitted], number)

    return mix


def _fit(shot: Shot, plate: Plate, layer: Layer) -> Fit:
    """Scale a layer by its own size, counted in square pixels, and make it as clear as asked."""
    scale = Fraction(layer.scale)
    across = max(1, round(shot.size[0] * shot.aspect / plate.aspect * scale))
    down = max(1, round(shot.size[1] * scale))
    layout = lay_out(shot.size, Fraction(1), width=across, height=down, mode="stretch")
    resize, opacity = Resizer(layout), _byte(layer.opacity)
    return lambda picture: with_opacity(resize(picture), opacity)


def _mix(layers: Sequence[Layer]) -> Mix:
    def mix(pictures: Sequence[Picture | None], _number: int) -> Picture:
        made = pictures[0]
        assert made is not None
        for picture, layer in zip(pictures[1:], layers, strict=True):
            if picture is not None:
                left = _pixels(layer.position[0], made.width - picture.width)
                top = _pixels(layer.position[1], made.height - picture.height)
                made = lay_over(made, picture, left=left, top=top)
        return made

    return mix


def _pixels(place: Place, room: int) -> int:
    if isinstance(place, int):
        return place
    return round(Fraction(place.removesuffix("%")) * room / 100)


def _byte(part: Decimal) -> int:
    return int((part * 255).to_integral_value(ROUND_HALF_EVEN))


LAYER = effect_of_stack(
    Node(
        name="layer",
        version=1,
        summary="Lays videos and images, with their transparency, over a video or an image",
        params=LayerParams,
        accepts=(frozenset({"video", "image"}), frozenset({"video", "image"})),
        many=True,
        expand=expand,
        binds=("layers[].position[]", "layers[].scale", "layers[].opacity"),
    ),
    _arrange,
    has_own_needs=True,
)
