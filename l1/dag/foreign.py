"""Effects by others in recipes: an EFFECT whose code is content, named by its CID or hash.

- {id: lit, type: EFFECT, config: {effect: glow, cid: bafkrei..., amount: 2}, inputs: [film]}

It is read as a step of the node `foreign` that takes the code as its last input. So the code is
in the key, is among what a run reads, is kept while a run names it, and reaches the child, all as
any other content does. `params` of that node are checked against what the file declares.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import structs

from l1.content.cid import Cid
from l1.dag.bad_recipe import BadRecipe
from l1.dag.effect_file import EffectFile
from l1.dag.effect_params import checked
from l1.dag.node import Node, Params
from l1.dag.params import normalise
from l1.dag.pins import check_pin
from l1.dag.reading import named_content
from l1.dag.recipe import EFFECT, SOURCE, Recipe, RecipeStep
from l1.dag.resolve import beside, source_of
from l1.errors import Refused

FOREIGN = "foreign"
"""The name of the node that runs the effects of others."""

_NAMES_OF_CODE = ("cid", "hash")


class ForeignParams(Params, frozen=True, kw_only=True):
    """What the code is told."""

    params: Annotated[
        dict[str, Any], msgspec.Meta(description="The parameters that the effect's file declares")
    ] = {}  # noqa: RUF012 - msgspec copies it


def with_code(recipe: Recipe, nodes: Mapping[str, Node]) -> Recipe:
    """Write out the steps whose effect is named by its content. Raises `BadRecipe`.

    That is an EFFECT with a `cid` or `hash`, or with the name of an effect that is not installed
    and that the recipe's registry gives a hash or CID.
    """
    steps: list[RecipeStep] = []
    sources: list[RecipeStep] = []
    for index, step in enumerate(recipe.steps):
        if (code := _code(index, step, recipe, nodes)) is None:
            steps.append(_without_hash(step))
            continue
        source = RecipeStep(id=f"{step.id}.code", type=SOURCE, config={"cid": code})
        sources.append(source)
        steps.append(_foreign(index, step, source.id))
    if not sources and steps == list(recipe.steps):
        return recipe
    pins = {name: pin for name, pin in recipe.effects.items() if not _is_used(name, recipe, nodes)}
    return structs.replace(recipe, steps=(*steps, *sources), effects=pins)


def recipe_of_code(name: str, code: Cid) -> Recipe:
    """Make the recipe meant by such an effect alone: one step, which takes one `input`."""
    return with_code(structs.replace(Recipe.of_effect(name), effects={name: code}), {})


def contents_by_name(recipe: Recipe, bound: Mapping[str, Cid]) -> Mapping[str, Cid]:
    """Say which content the inputs and sources of a recipe are, as far as they are given."""
    found = {name: one.default for name, one in recipe.inputs.items() if one.default}
    found |= bound
    for step in recipe.steps:
        if step.type.upper() == SOURCE:
            name, fixed = source_of(step, recipe)
            if cid := fixed or found.get(name):
                found[step.id] = cid
    return found


def codes_of(recipe: Recipe) -> Mapping[str, Cid]:
    """Name the code that a recipe itself fixes for its steps, by the source that it is."""
    contents = contents_by_name(recipe, {})
    steps = (step for step in recipe.steps if step.type.lower() == FOREIGN and step.inputs)
    return {
        step.inputs[-1]: contents[step.inputs[-1]] for step in steps if step.inputs[-1] in contents
    }


def with_effects(nodes: Mapping[str, Node], files: Mapping[str, EffectFile]) -> Mapping[str, Node]:
    """Have the parameters of effects by others checked; `files` are by the name of the input."""

    def expand(
        step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
    ) -> tuple[RecipeStep, ...]:
        assert isinstance(params, ForeignParams)
        file = files.get(step.inputs[-1]) if step.inputs else None
        if file is None:
            return (step,)
        if file.form == "process_frame" and len(step.inputs) != 2:
            message = f"the effect '{file.name}' takes 1 input, {len(step.inputs) - 1} given"
            raise Refused(message, code="bad_inputs")
        told = normalise(checked(file.name, file.params, params.params))
        return (structs.replace(step, config={"params": told} if told else {}),)

    return {**nodes, FOREIGN: structs.replace(nodes[FOREIGN], expand=expand)}


def _code(index: int, step: RecipeStep, recipe: Recipe, nodes: Mapping[str, Node]) -> Cid | None:
    """Find what names the code of an EFFECT; None when it is installed."""
    if step.type.upper() != EFFECT:
        return None
    name = str(step.config.get("effect", ""))
    keys = [key for key in _NAMES_OF_CODE if key in step.config]
    if not keys:
        pinned = "" if name in nodes else recipe.effects.get(name, "")
        return Cid(pinned) if pinned else None
    place = ("steps", index, "config", keys[-1])
    if len(keys) > 1:
        raise BadRecipe(place, "an effect is named by `cid` or by `hash`, not by both")
    code = named_content(str(step.config[keys[0]]), place)
    if keys[0] == "hash" and (node := nodes.get(name)) is not None:
        check_pin(name, code, node, place)
        return None
    return code


def _is_used(name: str, recipe: Recipe, nodes: Mapping[str, Node]) -> bool:
    """Tell whether a pin has served as the name of content."""
    named = (step.config.get("effect") for step in recipe.steps if step.type.upper() == EFFECT)
    return name not in nodes and name in named


def _foreign(index: int, step: RecipeStep, code: str) -> RecipeStep:
    config = {key: value for key, value in step.config.items() if key not in _NAMES_OF_CODE}
    try:
        params = beside(config, "effect")
    except Refused as error:
        raise BadRecipe(("steps", index, "config"), error.message, code=error.code) from None
    return RecipeStep(
        id=step.id,
        type=FOREIGN.upper(),
        config={"params": dict(params)} if params else {},
        inputs=(*step.inputs, code),
    )


def _without_hash(step: RecipeStep) -> RecipeStep:
    """Leave out the hash of an installed effect, which is the right one."""
    if step.type.upper() != EFFECT or "hash" not in step.config:
        return step
    config = {key: value for key, value in step.config.items() if key != "hash"}
    return structs.replace(step, config=config)
