"""Parameters that a recipe writes as following something, told from those that have a value."""

from collections.abc import Iterator, Mapping
from typing import Any

from l1.dag.following import bindable
from l1.dag.node import Node
from l1.dag.param_paths import holds_more, number_at, pattern
from l1.dag.param_words import fields_of
from l1.dag.recipe import RecipeStep
from l1.errors import Refused

Words = Mapping[str, Any]
"""What is written for a parameter that follows: `bind`, and the parameters of BIND."""

WHAT = "bind"
"""The word that names what is followed."""

_FOLLOWS = object()


def told_apart(node: Node, config: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Words]]:
    """Divide parameters into those that have a value and those that follow something.

    Raises `Refused`, with the parameter in `facts["field"]`, for one that cannot follow.
    """
    words: dict[str, Words] = {}
    values = {}
    fields = fields_of(node.params)
    for name, given in config.items():
        value = _told(node, given, name, words) if name in fields else given
        if value is not _FOLLOWS:
            values[name] = value
    return values, words


def _told(node: Node, given: Any, path: str, words: dict[str, Words]) -> Any:
    """Put aside what follows at or below a path, and answer the rest."""
    if not isinstance(given, Mapping | list | tuple):
        return given
    if not holds_more(node.params, path):
        if not isinstance(given, Mapping):
            return given
        if WHAT not in given and number_at(node.params, path) is None:
            return given
        check_bindable(node, path)
        words[path] = given
        return _FOLLOWS
    if isinstance(given, Mapping):
        inside = ((key, _told(node, item, f"{path}.{key}", words)) for key, item in given.items())
        return {key: item for key, item in inside if item is not _FOLLOWS}
    items = (_told(node, item, f"{path}.{at}", words) for at, item in enumerate(given))
    return [0 if item is _FOLLOWS else item for item in items]


def check_bindable(node: Node, path: str) -> None:
    """Refuse a parameter that cannot change from picture to picture; name those that can."""
    can = bindable(node)
    number = number_at(node.params, path) is not None
    if number and pattern(path) in can:
        return
    others = f"these can: {', '.join(can)}" if can else f"nothing of {node.name} can"
    why = "cannot change while it is shown" if number else "is no number"
    raise Refused(
        f"{node.name}.{path} {why}, so it cannot follow sound; {others}",
        code="not_bindable",
        field=path.partition(".")[0],
    )


def followed_by(step: RecipeStep) -> Iterator[str]:
    """Name what the parameters of a step, as it is written, follow."""
    return _names(step.config)


def _names(given: Any) -> Iterator[str]:
    if isinstance(given, Mapping):
        if isinstance(given.get(WHAT), str):
            yield given[WHAT]
        given = tuple(given.values())
    if isinstance(given, list | tuple):
        for item in given:
            yield from _names(item)


def renamed(given: Any, meant: Mapping[str, str]) -> Any:
    """Put in what names mean, wherever parameters say what they follow."""
    if isinstance(given, Mapping):
        return {
            key: meant.get(item, item)
            if key == WHAT and isinstance(item, str)
            else renamed(item, meant)
            for key, item in given.items()
        }
    return [renamed(item, meant) for item in given] if isinstance(given, list | tuple) else given
