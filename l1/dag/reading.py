"""How the front ends take a written recipe apart: each piece is what it must be, or is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from l1.content.cid import Cid, parse_identifier
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import BadYaml, Marked
from l1.dag.recipe import Recipe
from l1.dag.suggest import did_you_mean
from l1.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A recipe, and where its parts stand in the document when that is not where they say.

    `places` leads from a place in the recipe, as `("steps", 0)`, to one in the document.
    """

    recipe: Recipe
    places: Mapping[Place, Place] = field(default_factory=dict)

    def place(self, place: Place) -> Place:
        """Say where in the document a part of the recipe stands."""
        for length in range(len(place), 0, -1):
            if (found := self.places.get(place[:length])) is not None:
                return (*found, *place[length:])
        return place


def known(item: Marked, keys: tuple[str, ...] | None, place: Place) -> None:
    """Refuse what is no map, or has a key besides `keys` when these are given."""
    if not isinstance(item.value, dict):
        raise BadRecipe(place, "a map of names and values is wanted here")
    for key, at in (item.keys or {}).items():
        if keys is not None and key not in keys:
            where = ".".join(str(part) for part in (*place, key))
            raise BadYaml(at, f"{where}: unknown key '{key}'{did_you_mean(key, keys)}")


def text(item: Marked, key: str, place: Place, *, required: bool = False) -> str:
    """Read a text; what is written as a number or a truth is taken as it is spelt."""
    given = item.value.get(key)
    if given is not None and isinstance(given.value, tuple | dict):
        raise BadRecipe((*place, key), "a text is wanted here")
    found = "" if given is None or given.value is None else given.text
    if required and not found:
        raise BadRecipe((*place, key), "missing")
    return found


def items(item: Marked, key: str, place: Place, *, required: bool = True) -> tuple[Marked, ...]:
    """Read a list."""
    given = item.value.get(key)
    if given is None or given.value is None:
        if required:
            raise BadRecipe((*place, key), "missing")
        return ()
    if not isinstance(given.value, tuple):
        raise BadRecipe((*place, key), "a list is wanted here")
    return given.value


def flag(item: Marked, key: str, place: Place) -> bool:
    """Read a truth; false when it is left out."""
    given = item.value.get(key)
    if given is None or given.value is None:
        return False
    if not isinstance(given.value, bool):
        raise BadRecipe((*place, key), "true or false")
    return given.value


def config(item: Marked, place: Place, *, naming: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read what a step is told, as plain values, without the keys in `naming`."""
    given = item.value.get("config")
    if given is None or given.value is None:
        return {}
    known(given, None, (*place, "config"))
    plain: dict[str, Any] = given.plain()
    return {key: value for key, value in plain.items() if key not in naming}


def references(item: Marked, place: Place) -> tuple[str, ...]:
    """Read the names in `inputs`: a list of them, or one by itself."""
    given = item.value.get("inputs")
    if given is not None and isinstance(given.value, str):
        return (given.text,)
    return names(items(item, "inputs", place, required=False), (*place, "inputs"))


def names(found: tuple[Marked, ...], place: Place) -> tuple[str, ...]:
    """Read each as the name of a step or an input."""
    for index, reference in enumerate(found):
        if not reference.text:
            raise BadRecipe((*place, index), "the name of a step or an input")
    return tuple(reference.text for reference in found)


def content(item: Marked, key: str, place: Place) -> Cid | None:
    """Read a name of content: a CID, or a SHA3-256 that is looked up when a run starts."""
    given = text(item, key, place)
    return named_content(given, (*place, key)) if given else None


def named_content(given: str, place: Place) -> Cid:
    """Check that a text names content; a hash is written in lower case from here on."""
    try:
        return Cid(parse_identifier(given).text)
    except Refused as error:
        raise BadRecipe(place, error.message, code=error.code) from None
