"""Parameters that a recipe writes as following something, told from those that have a value."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import structs

from l1.dag.following import bindable, numbers_of
from l1.dag.node import Node
from l1.dag.param_words import fields_of
from l1.dag.recipe import EFFECT, RecipeStep
from l1.errors import Refused

Words = Mapping[str, Any]
"""What is written for a parameter that follows: `bind`, and the parameters of BIND."""

WHAT = "bind"
"""The word that names what is followed."""


def told_apart(node: Node, config: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Words]]:
    """Divide parameters into those that have a value and those that follow something.

    Raises `Refused`, with the parameter in `facts["field"]`, for one that cannot follow.
    """
    values: dict[str, Any] = {}
    words: dict[str, Words] = {}
    for name, given in config.items():
        if not isinstance(given, Mapping) or name not in fields_of(node.params):
            values[name] = given
        elif name in numbers_of(node.params) or WHAT in given:
            check_bindable(node, name)
            words[name] = given
        else:
            values[name] = given
    return values, words


def check_bindable(node: Node, name: str) -> None:
    """Refuse a parameter that cannot change from picture to picture; name those that can."""
    can = bindable(node)
    if name in can:
        return
    others = f"these can: {', '.join(can)}" if can else f"nothing of {node.name} can"
    numbers = numbers_of(node.params)
    why = "cannot change while it is shown" if name in numbers else "is no number"
    raise Refused(
        f"{node.name}.{name} {why}, so it cannot follow sound; {others}",
        code="not_bindable",
        field=name,
    )


def followed_by(step: RecipeStep) -> Iterator[str]:
    """Name what the parameters of a step, as it is written, follow."""
    given = step.config.get("params") if step.type.upper() == EFFECT else None
    for config in (step.config, given if isinstance(given, Mapping) else {}):
        for value in config.values():
            if isinstance(value, Mapping) and isinstance(value.get(WHAT), str):
                yield value[WHAT]


def following(step: RecipeStep, meant: Mapping[str, str]) -> RecipeStep:
    """Put in what names mean, where the parameters of a step say what they follow."""

    def named(config: Mapping[str, Any]) -> dict[str, Any]:
        return {key: _named(value, meant) for key, value in config.items()}

    config = named(step.config)
    if step.type.upper() == EFFECT and isinstance(params := config.get("params"), Mapping):
        config["params"] = named(params)
    return structs.replace(step, config=config)


def _named(value: Any, meant: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping) and isinstance(name := value.get(WHAT), str):
        return {**value, WHAT: meant.get(name, name)}
    return value
