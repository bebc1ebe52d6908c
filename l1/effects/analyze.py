"""ANALYZE: several analyses of one sound or video, in one document.

`all` are those of sound; `scenes` and `motion_tempo`, which need pictures, are found when they are
named. `metadata` alone is what PROBE finds; beside others it is left out, since it is known anyway.

It stands in a recipe for one step for each feature, so that each is found once, whoever else asks
for it, and none is looked for again because another was added.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from l1.content.feature_names import FEATURES, METADATA, OF_SOUND, meant
from l1.content.features import Features, merge
from l1.dag.node import Node, Params
from l1.dag.recipe import RecipeStep
from l1.dag.suggest import did_you_mean
from l1.effects.effect import Effect, Job
from l1.errors import Refused

ALL = "all"
_JOINED, _PROBE = "ANALYZE", "probe"
_BY_ENGINE = frozenset({"beats", "tempo", "onsets"})


class AnalyzeParams(Params, frozen=True, kw_only=True):
    """What to look for, and by whom."""

    features: Annotated[
        tuple[str, ...] | str,
        msgspec.Meta(
            description=f"One or several of {', '.join(FEATURES)}; or `{ALL}`, those of sound"
        ),
    ] = ()
    feature: Annotated[str, msgspec.Meta(description="The same, for one alone")] = ""
    engine: Annotated[
        Literal["numpy", "librosa"],
        msgspec.Meta(description="Who finds beats, tempo and onsets: see those"),
    ] = "numpy"


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write one step for each feature, and one that joins them when there are several."""
    assert isinstance(params, AnalyzeParams)
    names = _names(params)
    if len(names) == 1:
        return (_found(step, names[0], params, id_=step.id),)
    parts = tuple(_found(step, name, params, id_=f"{step.id}.{name}") for name in names)
    joined = RecipeStep(id=step.id, type=_JOINED, inputs=tuple(part.id for part in parts))
    return (*parts, joined)


def _names(params: AnalyzeParams) -> list[str]:
    """List the features asked for, in the order that they always have. Without any, beats.

    Metadata are known of every file; only who asks for nothing else is given them once more.
    """
    given = (params.features,) if isinstance(params.features, str) else params.features
    asked = [*given, *([params.feature] if params.feature else [])] or ["beats"]
    wanted = {meant(name) for name in asked}
    if wanted == {METADATA}:
        return [_PROBE]
    for name in sorted(wanted - {*FEATURES, ALL, METADATA}):
        hint = did_you_mean(name, [*FEATURES, ALL])
        raise Refused(f"there is no feature '{name}'{hint}", code="bad_params", field="features")
    return [name for name in FEATURES if name in wanted or (ALL in wanted and name in OF_SOUND)]


def _found(step: RecipeStep, name: str, params: AnalyzeParams, *, id_: str) -> RecipeStep:
    config = {"engine": params.engine} if name in _BY_ENGINE else {}
    return RecipeStep(id=id_, type=name.upper(), config=config, inputs=step.inputs)


def _render(job: Job) -> None:
    documents = [Features.read(source.path.read_bytes()) for source in job.sources]
    job.output.write_bytes(merge(documents).to_json())
    job.progress(1, 1)


ANALYZE = Effect(
    node=Node(
        name="analyze",
        version=1,
        summary="Finds several features of a sound or a video in one document",
        params=AnalyzeParams,
        accepts=(frozenset({"data", "text"}),),
        many=True,
        gives="data",
        expand=expand,
    ),
    render=_render,
)
