"""The recipe format of `inputs`, `steps` and `output`.

name: beat-sync
inputs:
  video: {type: video, description: "Source video"}
steps:
  - {id: sync, type: BEAT_SYNC, inputs: [video], config: {mode: stretch}}
output: sync
"""

from collections.abc import Iterable
from typing import Any, get_args

from l1.content.cid import Cid
from l1.content.media_info import Kind
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import BadYaml, Marked
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.suggest import did_you_mean

_TOP = ("name", "version", "description", "inputs", "steps", "output")
_INPUT = ("type", "description", "default", "optional")
_STEP = ("id", "type", "inputs", "config", "description")
_ANY = ("any", "media")


def recognises(document: Marked) -> bool:
    """Tell whether a document means to be in this format: nothing else calls its work `steps`."""
    return "steps" in document.value


def read(document: Marked) -> Recipe:
    """Make the recipe; raises `BadRecipe` or `BadYaml` naming the place."""
    _known(document, _TOP, ())
    inputs = document.value.get("inputs")
    return Recipe(
        name=_text(document, "name", (), required=True),
        version=_text(document, "version", ()),
        description=_text(document, "description", ()),
        inputs={} if inputs is None or inputs.value is None else _inputs(inputs),
        steps=tuple(
            _step(item, ("steps", i)) for i, item in enumerate(_list(document, "steps", ()))
        ),
        output=_text(document, "output", ()),
    )


def _inputs(table: Marked) -> dict[str, RecipeInput]:
    if isinstance(table.value, tuple):
        names = [(item.text, Marked(None, item.at)) for item in table.value]
        if "" in dict(names) or len(dict(names)) < len(names):
            raise BadRecipe(("inputs",), "a list of different names is wanted here")
    else:
        _known(table, None, ("inputs",))
        names = list(table.value.items())
    return {name: _input(item, ("inputs", name)) for name, item in names}


def _input(item: Marked, place: Place) -> RecipeInput:
    if item.value is None:
        return RecipeInput()
    if isinstance(item.value, str):
        return RecipeInput(kinds=_kinds([item], place))
    _known(item, _INPUT, place)
    kind = item.value.get("type")
    kinds = () if kind is None else kind.value if isinstance(kind.value, tuple) else (kind,)
    optional = item.value.get("optional")
    if optional is not None and not isinstance(optional.value, bool):
        raise BadRecipe((*place, "optional"), "true or false")
    return RecipeInput(
        kinds=_kinds(kinds, (*place, "type")),
        description=_text(item, "description", place),
        optional=optional is not None and optional.value,
        default=Cid(given) if (given := _text(item, "default", place)) else None,
    )


def _kinds(items: Iterable[Marked], place: Place) -> tuple[Kind, ...]:
    kinds: list[Kind] = []
    for item in items:
        found = [kind for kind in get_args(Kind) if kind == item.text.lower()]
        if not found and item.text.lower() not in _ANY:
            hint = did_you_mean(item.text, (*get_args(Kind), "any"))
            raise BadRecipe(place, f"there is no kind of content '{item.text}'{hint}")
        kinds.extend(found)
    return tuple(kinds)


def _step(item: Marked, place: Place) -> RecipeStep:
    _known(item, _STEP, place)
    return RecipeStep(
        id=_text(item, "id", place, required=True),
        type=_text(item, "type", place, required=True),
        config=_config(item, place),
        inputs=_references(item, place),
    )


def _config(item: Marked, place: Place) -> dict[str, Any]:
    config = item.value.get("config")
    if config is None or config.value is None:
        return {}
    _known(config, None, (*place, "config"))
    plain: dict[str, Any] = config.plain()
    return plain


def _references(item: Marked, place: Place) -> tuple[str, ...]:
    given = item.value.get("inputs")
    if given is not None and isinstance(given.value, str):
        return (given.text,)
    references = _list(item, "inputs", place, required=False)
    for index, reference in enumerate(references):
        if not reference.text:
            raise BadRecipe((*place, "inputs", index), "the name of a step or an input")
    return tuple(reference.text for reference in references)


def _known(item: Marked, keys: tuple[str, ...] | None, place: Place) -> None:
    """Refuse what is no map, or has a key besides `keys` when these are given."""
    if not isinstance(item.value, dict):
        raise BadRecipe(place, "a map of names and values is wanted here")
    for key, at in (item.keys or {}).items():
        if keys is not None and key not in keys:
            where = ".".join(str(part) for part in (*place, key))
            raise BadYaml(at, f"{where}: unknown key '{key}'{did_you_mean(key, keys)}")


def _text(item: Marked, key: str, place: Place, *, required: bool = False) -> str:
    given = item.value.get(key)
    if given is not None and isinstance(given.value, tuple | dict):
        raise BadRecipe((*place, key), "a text is wanted here")
    text = "" if given is None or given.value is None else given.text
    if required and not text:
        raise BadRecipe((*place, key), "missing")
    return text


def _list(item: Marked, key: str, place: Place, *, required: bool = True) -> tuple[Marked, ...]:
    given = item.value.get(key)
    if given is None or given.value is None:
        if required:
            raise BadRecipe((*place, key), "missing")
        return ()
    if not isinstance(given.value, tuple):
        raise BadRecipe((*place, key), "a list is wanted here")
    return given.value
