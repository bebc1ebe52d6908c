"""Writes out the steps of one recipe: node types, compounds and lists, each as what it stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from msgspec import structs

from l1.dag.bad_recipe import BadRecipe
from l1.dag.blame import in_part
from l1.dag.compound import compound_of, unfold
from l1.dag.node import Node
from l1.dag.recipe import COMPOUND, LIST, SOURCE, STEPS, Recipe, RecipeStep
from l1.dag.settle import Settled, fault_in_config, settle
from l1.errors import Refused

DEPTH = 32
"""How deep steps may stand for steps that stand for steps."""

_HANDED = 10
"""The most items of lists that are handed on, for each step there may be."""


class Writing:
    """Of one recipe. Steps are handed in so that each comes after those that it takes.

    `lists` are the steps that stand for others, each with what it stands for.
    """

    def __init__(
        self, recipe: Recipe, nodes: Mapping[str, Node], absent: frozenset[str], *, most: int
    ) -> None:
        self.lists: dict[str, tuple[str, ...]] = {}
        self._recipe, self._nodes, self._absent = recipe, nodes, absent
        self._steps = {step.id: step for step in recipe.steps if step.type.upper() == SOURCE}
        self._most, self._made, self._looked_at, self._handed = most, 0, 0, 0

    def write(self, origin: int) -> list[Settled]:
        """Write one step out. Raises `BadRecipe` naming it and, where it has one, the part."""
        return list(self._written(origin, self._recipe.steps[origin], None, 0))

    def _written(
        self, origin: int, step: RecipeStep, maker: Node | None, depth: int
    ) -> Iterator[Settled]:
        self._looked_at += 1
        self._check_counts(origin, depth)
        if depth and step.type == LIST:
            self.lists[step.id] = self._items(origin, step.inputs)
        elif step.type.upper() == COMPOUND and not self._recipe.expanded:
            yield from self._unfolded(origin, step, depth)
        else:
            one = self._settled(origin, step)
            self._steps.setdefault(one.step.id, one.step)
            if one.node.expand is None or one.node is maker or self._recipe.expanded:
                yield self._counted(one)
            else:
                yield from self._parts(one, step, depth)

    def _parts(self, one: Settled, step: RecipeStep, depth: int) -> Iterator[Settled]:
        assert one.node.expand is not None
        try:
            parts = one.node.expand(one.step, one.params, self._steps)
        except Refused as error:
            raise fault_in_config(one.origin, step, error) from None
        for part in parts:
            if part == one.step:
                yield self._counted(one)
                continue
            try:
                yield from self._written(one.origin, part, one.node, depth + 1)
            except BadRecipe as error:
                raise in_part(step, part, error) from None

    def _unfolded(self, origin: int, step: RecipeStep, depth: int) -> Iterator[Settled]:
        compound = compound_of(origin, step, self._recipe)
        for body, part in unfold(origin, step, compound):
            try:
                yield from self._written(origin, part, None, depth + 1)
            except BadRecipe as error:
                raise in_part(step, part, error, body=body) from None

    def _settled(self, origin: int, step: RecipeStep) -> Settled:
        """Settle a step; what is left out goes, and of lists each item is taken."""
        one = settle(origin, step, self._nodes)
        slots = one.step.slots or ("",) * len(one.step.inputs)
        given = [
            (slot, item)
            for slot, name in zip(slots, one.step.inputs, strict=True)
            if name not in self._absent
            for item in self._items(origin, (name,))
        ]
        self._check_left_out(one)
        return replace(
            one,
            step=structs.replace(
                one.step,
                inputs=tuple(item for _, item in given),
                slots=tuple(slot for slot, _ in given) if one.node.grouped else (),
            ),
        )

    def _check_left_out(self, one: Settled) -> None:
        kept = [name not in self._absent for name in one.step.inputs]
        if kept != sorted(kept, reverse=True) and not one.node.many:
            message = f"an optional input of {one.node.name} that is left out comes last"
            raise BadRecipe(("steps", one.origin, "inputs"), message)

    def _items(self, origin: int, names: tuple[str, ...]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            if (items := self.lists.get(name)) is None:
                found.append(name)
                continue
            self._handed += len(items)
            self._check_counts(origin, 0)
            found.extend(items)
        return tuple(found)

    def _counted(self, one: Settled) -> Settled:
        self._made += 1
        self._check_counts(one.origin, 0)
        return one

    def _check_counts(self, origin: int, depth: int) -> None:
        place = ("steps", origin)
        if depth > DEPTH:
            raise BadRecipe(place, f"steps that stand for steps, more than {DEPTH} deep")
        if self._made > self._most or self._looked_at > 4 * self._most:
            raise BadRecipe(place, f"more than {STEPS} steps once nodes are written out")
        if self._handed > _HANDED * STEPS:
            raise BadRecipe(place, f"lists hand on more than {_HANDED * STEPS} items")
