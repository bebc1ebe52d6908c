"""What a step takes, as it is written: in `inputs`, and by keys of `config` that name steps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import Marked
from l1.dag.reading import config, known, names, references, text
from l1.dag.recipe import RecipeStep

NAMING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "MAP": ("items", "with", "seed_from"),
        "SEGMENT_AT": ("times_from", "music"),
        "SOURCE_LIST": ("items",),
    }
)
"""Keys of `config` that name what a step takes; the same may be written as slots in `inputs`."""

FIXING = "SOURCE_LIST"
"""The type whose items may be content: `{cid: <content>}` or `{asset: <name in the registry>}`."""

Fix = Callable[[str, Marked, Place], str]
"""Puts content that is fixed among the inputs, under a name that is proposed; answers its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One input: the slot it is for, empty when that is not said, its name, and where it stands."""

    slot: str
    name: str
    place: Place


def read_taken(item: Marked, id_: str, place: Place, fix: Fix) -> tuple[Taken, ...]:
    """List what the step at `place` takes. Raises `BadRecipe` naming the place."""
    type_ = text(item, "type", place).upper()
    return (*_inputs(item, place), *_named_in_config(item, type_, id_, place, fix))


def step_of(item: Marked, id_: str, place: Place, taken: tuple[Taken, ...]) -> RecipeStep:
    """Make a step of what is written at `place` and what it takes."""
    type_ = text(item, "type", place, required=True)
    return RecipeStep(
        id=id_,
        type=type_,
        config=config(item, place, naming=NAMING.get(type_.upper(), ())),
        inputs=tuple(one.name for one in taken),
        slots=tuple(one.slot for one in taken) if any(one.slot for one in taken) else (),
    )


def _inputs(item: Marked, place: Place) -> Iterator[Taken]:
    given, here = item.value.get("inputs"), (*place, "inputs")
    if given is not None and isinstance(given.value, dict):
        yield from _slots(given, here)
    elif given is not None and isinstance(given.value, str):
        yield Taken(slot="", name=given.text, place=here)
    else:
        for index, name in enumerate(references(item, place)):
            yield Taken(slot="", name=name, place=(*here, index))


def _slots(table: Marked, at: Place) -> Iterator[Taken]:
    """List the inputs of a map of slots: each has the name of a step, or a list of them."""
    for slot, item in table.value.items():
        if isinstance(item.value, tuple):
            for index, name in enumerate(names(item.value, (*at, slot))):
                yield Taken(slot=slot, name=name, place=(*at, slot, index))
        elif item.text:
            yield Taken(slot=slot, name=item.text, place=(*at, slot))
        else:
            raise BadRecipe((*at, slot), "the name of a step or an input, or a list of them")


def _named_in_config(item: Marked, type_: str, id_: str, place: Place, fix: Fix) -> Iterator[Taken]:
    table, here = item.value.get("config"), (*place, "config")
    if table is None or not isinstance(table.value, dict):
        return
    for key in NAMING.get(type_, ()):
        given = table.value.get(key)
        if given is None or given.value is None:
            continue
        listed = isinstance(given.value, tuple)
        for index, one in enumerate(given.value if listed else [given]):
            where = (*here, key, index) if listed else (*here, key)
            if type_ == FIXING and isinstance(one.value, dict):
                known(one, ("cid", "hash", "asset"), where)
                name = fix(f"{id_}.{index}", one, where)
            else:
                name = one.text
            if not name:
                raise BadRecipe(where, "the name of a step or an input, or a list of them")
            yield Taken(slot=key, name=name, place=where)
