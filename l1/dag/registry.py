"""What a recipe's `registry` pins: assets by their content, effects by their code."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from l1.content.cid import Cid, is_content_hash
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import Marked
from l1.dag.reading import content, known, named_content, text

_PARTS = ("assets", "effects")
_ASSET = ("hash", "cid", "url", "description")
_EFFECT = ("hash", "cid", "url", "description")
_NO_HASH = (
    "is no hash of an effect's code: give the 64 hex digits that `artdag catalog --json` tells, or "
    "leave `hash` out to take the effect that is installed"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Contents and hashes of code, by the names that the recipe calls them."""

    assets: dict[str, Cid] = field(default_factory=dict)
    effects: dict[str, str] = field(default_factory=dict)


def read_registry(document: Marked) -> Registry:
    """Read `registry`; raises `BadRecipe` or `BadYaml` naming the place."""
    given = document.value.get("registry")
    if given is None or given.value is None:
        return Registry()
    known(given, _PARTS, ("registry",))
    return Registry(
        assets={
            name: _content(name, item, place) for name, item, place in _entries(given, "assets")
        },
        effects={
            name: pinned
            for name, item, place in _entries(given, "effects")
            if (pinned := _code(item, place))
        },
    )


def _entries(registry: Marked, part: str) -> Iterator[tuple[str, Marked, Place]]:
    table = registry.value.get(part)
    if table is None or table.value is None:
        return
    known(table, None, ("registry", part))
    for name, item in table.value.items():
        yield name, item, ("registry", part, name)


def _content(name: str, item: Marked, place: Place) -> Cid:
    """Read the content of an asset: `hash` or `cid` in a map, or the name of it alone."""
    if item.text:
        return named_content(item.text, place)
    if isinstance(item.value, dict):
        known(item, _ASSET, place)
        found = [cid for key in ("cid", "hash") if (cid := content(item, key, place))]
        if len(found) == 1:
            return found[0]
    raise BadRecipe(place, f"asset '{name}' needs a `hash` or a `cid`, one of them")


def _code(item: Marked, place: Place) -> str:
    """Read the hash or CID of an effect's code; empty when the recipe takes what is installed."""
    if item.value is None:
        return ""
    if item.text:
        return _hash(item.text, place)
    known(item, _EFFECT, place)
    if cid := content(item, "cid", place):
        return cid
    given = text(item, "hash", place)
    return _hash(given, (*place, "hash")) if given else ""


def _hash(given: str, place: Place) -> str:
    if not is_content_hash(given.lower()):
        shown = given if len(given) <= 80 else f"{given[:77]}..."
        raise BadRecipe(place, f"'{shown}' {_NO_HASH}", code="placeholder")
    return given.lower()
