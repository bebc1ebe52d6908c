"""A SOURCE that is written as a node: what a run is given, or content that is fixed."""

from collections.abc import Mapping

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.declared import read_kinds
from l1.dag.marked_yaml import Marked
from l1.dag.reading import content, flag, known, text
from l1.dag.recipe import RecipeInput
from l1.dag.registry import Registry
from l1.dag.suggest import did_you_mean

_CONFIG = ("input", "name", "asset", "cid", "hash", "type", "description", "optional", "default")
_WHICH = (
    "a SOURCE says one of `input: true` (with a `name`), `asset: <name in the registry>` and "
    "`cid: <content>`"
)


def read_source(
    id_: str,
    node: Marked,
    place: Place,
    inputs: dict[str, RecipeInput],
    registry: Registry,
    declared: Mapping[str, RecipeInput],
) -> str:
    """Put the input that a SOURCE stands for among `inputs`, and answer its name.

    Raises `BadRecipe` naming the place.
    """
    if node.value.get("inputs") is not None and node.value["inputs"].value:
        raise BadRecipe((*place, "inputs"), "a SOURCE takes no inputs")
    here = (*place, "config")
    given = node.value.get("config")
    if given is None or given.value is None:
        raise BadRecipe(place, _WHICH)
    known(given, _CONFIG, here)
    ways = [key for key in ("input", "asset", "cid", "hash") if _is_given(given, key)]
    if len(ways) != 1:
        raise BadRecipe(here, _WHICH)
    match ways[0]:
        case "asset":
            name = text(given, "asset", here)
            meant = _asset(name, given, here, registry)
        case "input":
            name = _name(id_, given, here)
            meant = declared.get(name) or _variable(name, given, here, declared)
        case key:
            name = text(given, "name", here) or id_
            meant = RecipeInput(
                description=text(given, "description", here), default=content(given, key, here)
            )
    if inputs.setdefault(name, meant) != meant:
        raise BadRecipe(here, f"another SOURCE says otherwise of the input '{name}'")
    return name


def fixed(
    name: str, item: Marked, place: Place, inputs: dict[str, RecipeInput], registry: Registry
) -> str:
    """Put content that an item of a list fixes among `inputs`, and answer its name there."""
    ways = [key for key in ("asset", "cid", "hash") if _is_given(item, key)]
    if len(ways) != 1 or name in inputs:
        message = "an item is a name, or one of `{cid: <content>}` and `{asset: <name>}`"
        raise BadRecipe(place, message if name not in inputs else f"'{name}' is an input already")
    if ways[0] == "asset":
        inputs[name] = _asset(text(item, "asset", place), item, place, registry)
    else:
        inputs[name] = RecipeInput(default=content(item, ways[0], place))
    return name


def _is_given(config: Marked, key: str) -> bool:
    return key in config.value and config.value[key].value not in (None, False, "")


def _name(id_: str, config: Marked, here: Place) -> str:
    """Name the input: `input: <name>`, or `name` beside `input: true`, or the node's id."""
    said = text(config, "input", here)
    return (text(config, "name", here) or id_) if config.value["input"].value is True else said


def _variable(
    name: str, config: Marked, here: Place, declared: Mapping[str, RecipeInput]
) -> RecipeInput:
    if declared:
        raise BadRecipe(here, f"there is no input '{name}'{did_you_mean(name, declared)}")
    return RecipeInput(
        kinds=read_kinds(config, "type", here),
        description=text(config, "description", here),
        optional=flag(config, "optional", here),
        default=content(config, "default", here),
    )


def _asset(name: str, config: Marked, here: Place, registry: Registry) -> RecipeInput:
    if name not in registry.assets:
        hint = did_you_mean(name, registry.assets)
        message = f"there is no asset '{name}' in the recipe's registry{hint}"
        raise BadRecipe((*here, "asset"), message)
    return RecipeInput(description=text(config, "description", here), default=registry.assets[name])
