"""The table of `compounds`, as all formats write it; what it means is told in `compound.py`."""

from dataclasses import dataclass, field
from typing import Any

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import Marked
from l1.dag.reading import items, known, names, text
from l1.dag.recipe import NAME, Compound
from l1.dag.step_list import read_steps

_COMPOUND = ("description", "inputs", "params", "steps", "output", "outputs")
_TAKEN = ("compound", "params", "output")
"""What a use says by these keys, so that no parameter is called so."""


@dataclass(slots=True, kw_only=True)
class Compounds:
    """Compounds by name, and where that stands which is not in place."""

    compounds: dict[str, Compound] = field(default_factory=dict)
    places: dict[Place, Place] = field(default_factory=dict)


def read_compounds(document: Marked) -> Compounds:
    """Read `compounds`; raises `BadRecipe` or `BadYaml` naming the place."""
    found = Compounds()
    table = document.value.get("compounds")
    if table is None or table.value is None:
        return found
    known(table, None, ("compounds",))
    for name, item in table.value.items():
        place = ("compounds", name)
        if len(name) > NAME:
            raise BadRecipe(place, f"{len(name)} characters; the most is {NAME}")
        found.compounds[name] = _compound(item, place, found.places)
    return found


def _compound(item: Marked, place: Place, places: dict[Place, Place]) -> Compound:
    known(item, _COMPOUND, place)
    steps = read_steps(item, place, _fix)
    places |= steps.places
    return Compound(
        description=text(item, "description", place),
        inputs=_inputs(item, place),
        params=_params(item, place),
        steps=tuple(steps.steps),
        outputs=_outputs(item, place),
    )


def _inputs(item: Marked, place: Place) -> tuple[str, ...]:
    here = (*place, "inputs")
    found = names(items(item, "inputs", place, required=False), here)
    if len(set(found)) < len(found):
        raise BadRecipe(here, "a list of different names is wanted here")
    return found


def _params(item: Marked, place: Place) -> dict[str, Any]:
    """Read parameters: a map of names to their defaults, which each has."""
    given, here = item.value.get("params"), (*place, "params")
    if given is None or given.value is None:
        return {}
    known(given, None, here)
    for name, default in given.value.items():
        if name in _TAKEN:
            raise BadRecipe((*here, name), f"'{name}' is what a use says itself; choose another")
        if default.value is None:
            raise BadRecipe((*here, name), "a default is wanted here")
    plain: dict[str, Any] = given.plain()
    return plain


def _outputs(item: Marked, place: Place) -> dict[str, str]:
    one, several = text(item, "output", place), item.value.get("outputs")
    if bool(one) == (several is not None and bool(several.value)):
        message = "one of `output`, a step, and `outputs`, a map of names to steps, is wanted"
        raise BadRecipe(place, message)
    if one:
        return {"output": one}
    assert several is not None
    known(several, None, (*place, "outputs"))
    return {name: text(several, name, (*place, "outputs")) for name in several.value}


def _fix(_name: str, _item: Marked, place: Place) -> str:
    raise BadRecipe(place, "content comes into a compound as one of its inputs")
