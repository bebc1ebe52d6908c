"""SWITCH: hands on one of its inputs, chosen by a parameter, byte for byte.

In a plan it stands for IDENTITY of the one that is chosen; what only the others need is not made.
"""

from collections.abc import Mapping
from shutil import copyfile
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.dag.recipe import RecipeStep
from l1.effects.effect import Effect, Job
from l1.errors import Refused

_CHOSEN = "IDENTITY"


class SwitchParams(Params, frozen=True, kw_only=True):
    """Which input."""

    select: Annotated[
        int,
        msgspec.Meta(ge=0, le=999, description="Number of the input, counted from 0"),
    ] = 0


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write the step as one that hands on the chosen input."""
    assert isinstance(params, SwitchParams)
    _check(len(step.inputs), params)
    return (RecipeStep(id=step.id, type=_CHOSEN, inputs=(step.inputs[params.select],)),)


def _check(inputs: int, params: SwitchParams) -> None:
    if params.select >= inputs:
        raise Refused(
            f"SWITCH has no input {params.select}: its inputs are counted from 0 and it has "
            f"{inputs}",
            code="bad_parameter",
            field="select",
        )


def _render(job: Job) -> None:
    _check(len(job.sources), job.params)
    copyfile(job.sources[job.params.select].path, job.output)
    job.progress(1, 1)


SWITCH = Effect(
    node=Node(
        name="switch",
        version=1,
        summary="Hands on one of its inputs, chosen by a number",
        params=SwitchParams,
        accepts=(frozenset({"video", "audio", "image", "text", "data"}),),
        many=True,
        queue="io",
        expand=expand,
    ),
    render=_render,
)
