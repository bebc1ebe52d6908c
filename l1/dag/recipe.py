"""A recipe as a value: what is to be made, whatever form it was written in."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from l1.content.cid import Cid
from l1.content.media_info import Kind
from l1.dag.suggest import did_you_mean
from l1.errors import Refused

SOURCE = "SOURCE"
"""The step type that stands for content; it resolves to a CID and is never executed."""

EFFECT = "EFFECT"
"""The step type that names its node in `config.effect`."""

COMPOUND = "COMPOUND"
"""The step type that stands for a group of steps, which it names in `config.compound`."""

LIST = "LIST"
"""The type of a step that stands for its inputs, one after the other, wherever it is taken.

Only what writes steps out makes such a step; it has no node, and no plan has it.
"""


STEPS = 10_000
"""The most steps a recipe may have, and the most inputs."""

NAME = 200
"""The most characters in the name of a recipe, an input or a step, and in a version."""


class RecipeInput(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run is to be given.

    Empty `kinds` means any. With `default` the input is fixed unless a run gives another; until
    a run starts it may be another name of the content than its CID. `optional` ones may be left
    out altogether.
    """

    kinds: tuple[Kind, ...] = ()
    description: str = ""
    optional: bool = False
    default: Cid | None = None


class RecipeStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of work. `inputs` name other steps or inputs of the recipe, in order.

    Where they are written as a map, `slots` has for each the name that its node gives it, and
    nothing where only some have one.
    """

    id: str
    type: str
    config: Mapping[str, Any] = msgspec.field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    bound: Mapping[str, int] = msgspec.field(default_factory=dict)


class Compound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group of steps that a recipe uses by its name: see `l1/dag/compound.py`.

    `inputs` are what it is handed, `params` what a use may set, with their defaults; `outputs`
    names steps. All other names are known in the group alone.
    """

    inputs: tuple[str, ...]
    steps: tuple[RecipeStep, ...]
    outputs: Mapping[str, str]
    params: Mapping[str, Any] = msgspec.field(default_factory=dict)
    description: str = ""


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Inputs, steps, and which step is the result.

    `compounds` are groups of steps by name. `effects` pins effects to the SHA3-256 of their code.
    With `expanded`, the steps are those of a plan already, and none is written out as others.
    """

    name: str
    inputs: Mapping[str, RecipeInput]
    steps: tuple[RecipeStep, ...]
    output: str
    version: str = ""
    description: str = ""
    effects: Mapping[str, str] = msgspec.field(default_factory=dict)
    compounds: Mapping[str, Compound] = msgspec.field(default_factory=dict)
    expanded: bool = False

    @classmethod
    def of_effect(
        cls, name: str, params: Mapping[str, Any] | None = None, *, takes: bool = True
    ) -> "Recipe":
        """Make the recipe meant by an effect's name alone: one step, which takes one `input`.

        An effect that makes something of nothing `takes` none.
        """
        config = {"effect": name, **({"params": dict(params)} if params else {})}
        step_id = "effect" if name == "input" else name
        given = {"input": RecipeInput()} if takes else {}
        step = RecipeStep(id=step_id, type=EFFECT, config=config, inputs=tuple(given))
        return cls(name=name, inputs=given, steps=(step,), output=step_id)

    def bind(self, given: Mapping[str, Cid] | Sequence[Cid]) -> dict[str, Cid]:
        """Match what a run was given, by name or in order, to the inputs; defaults fill in.

        A list fills the inputs without a default first. Raises `Refused` for an unknown name, a
        list too long, and `missing_input` for what is still needed.
        """
        named = dict(given) if isinstance(given, Mapping) else self._in_order(given)
        for name in named:
            if name not in self.inputs:
                hint = did_you_mean(name, self.inputs)
                raise Refused(
                    f"recipe '{self.name}' has no input '{name}'{hint}",
                    code="unknown_input",
                    input=name,
                )
        defaults = {n: i.default for n, i in self.inputs.items() if i.default is not None}
        bound = {name: cid for name, cid in (defaults | named).items() if cid}
        missing = [n for n, i in self.inputs.items() if n not in bound and not i.optional]
        if missing:
            raise Refused(_ask_for(self, missing), code="missing_input", inputs=missing)
        return bound

    def _in_order(self, given: Sequence[Cid]) -> dict[str, Cid]:
        variable = [n for n, i in self.inputs.items() if i.default is None]
        fixed = [n for n, i in self.inputs.items() if i.default is not None]
        if len(given) > len(self.inputs):
            raise Refused(
                f"recipe '{self.name}' takes {len(self.inputs)} inputs, {len(given)} were given",
                code="unknown_input",
            )
        return dict(zip(variable + fixed, given, strict=False))


def _ask_for(recipe: Recipe, missing: list[str]) -> str:
    wanted = ", ".join(
        f"'{name}'" + (f" ({' or '.join(kinds)})" if (kinds := recipe.inputs[name].kinds) else "")
        for name in missing
    )
    return f"recipe '{recipe.name}' needs the input {wanted}: give a CID or content hash for it"
