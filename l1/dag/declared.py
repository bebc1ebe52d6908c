"""The table of what a recipe is to be given, as `inputs` declares it."""

from collections.abc import Iterable
from typing import get_args

from l1.content.media_info import Kind
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import Marked
from l1.dag.reading import content, flag, known, text
from l1.dag.recipe import RecipeInput
from l1.dag.suggest import did_you_mean

_INPUT = ("type", "description", "default", "optional")
_ANY = ("any", "media")


def read_inputs(document: Marked) -> dict[str, RecipeInput]:
    """Read `inputs`: a map of names to what they are, or a list of names."""
    table = document.value.get("inputs")
    if table is None or table.value is None:
        return {}
    if isinstance(table.value, tuple):
        listed = [(item.text, Marked(None, item.at)) for item in table.value]
        if "" in dict(listed) or len(dict(listed)) < len(listed):
            raise BadRecipe(("inputs",), "a list of different names is wanted here")
    else:
        known(table, None, ("inputs",))
        listed = list(table.value.items())
    return {name: _input(item, ("inputs", name)) for name, item in listed}


def read_kinds(item: Marked, key: str, place: Place) -> tuple[Kind, ...]:
    """Read one kind of content, or a list of them; none when any will do."""
    given = item.value.get(key)
    if given is None:
        return ()
    return _kinds(given.value if isinstance(given.value, tuple) else (given,), (*place, key))


def _input(item: Marked, place: Place) -> RecipeInput:
    if item.value is None:
        return RecipeInput()
    if isinstance(item.value, str):
        return RecipeInput(kinds=_kinds([item], place))
    known(item, _INPUT, place)
    return RecipeInput(
        kinds=read_kinds(item, "type", place),
        description=text(item, "description", place),
        optional=flag(item, "optional", place),
        default=content(item, "default", place),
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
