"""A plan: what one run will do, step by step, each step under its cache key. A plan is content."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec

from l1.content.canonical import canonical, digest
from l1.content.cid import Cid
from l1.dag.keys import Preimage, StepKey
from l1.errors import Refused

BYTES = 64 * 1024 * 1024
"""The largest plan that is read."""


class Ref(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Where an input comes from: content by its CID, or the output of a step by its id."""

    cid: Cid = Cid("")
    step: str = ""

    def __post_init__(self) -> None:
        if bool(self.cid) == bool(self.step):
            raise ValueError("an input is either a `cid` or a `step`")


class Step(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One piece of work. Its level is one more than the highest level it waits for.

    One that is `fused` is rendered in one pass with its first input, which is then not encoded.
    """

    id: str
    key: StepKey
    preimage: Preimage
    inputs: tuple[Ref, ...]
    level: int
    queue: Literal["cpu", "io", "llm"]
    timeout_s: int
    fused: bool = False

    @property
    def node(self) -> str:
        """Name the node type."""
        return self.preimage.node

    @property
    def version(self) -> int | str:
        """Answer the version of the node that the key was made for."""
        return self.preimage.version

    @property
    def params(self) -> Mapping[str, Any]:
        """Answer the normalised parameters."""
        return self.preimage.params

    @property
    def own_inputs(self) -> tuple[Ref, ...]:
        """Answer the inputs that are not rendered in one pass with it."""
        return self.inputs[1:] if self.fused else self.inputs

    @property
    def follows(self) -> tuple[str, ...]:
        """Name the steps that are its inputs, each once."""
        return tuple(dict.fromkeys(ref.step for ref in self.inputs if ref.step))


class Plan(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    dict=True,
):
    """Steps in topological order, by level; `output` is the id of the one whose result counts."""

    recipe: str
    version: str = ""
    inputs: Mapping[str, Cid]
    steps: tuple[Step, ...]
    output: str
    profile: str
    plan_id: str

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Find steps by id."""
        return {step.id: step for step in self.steps}

    def chain(self, step: Step) -> tuple[Step, ...]:
        """Name the steps that are rendered in one pass with a step, in order; it is the last."""
        found = [step]
        while found[-1].fused:
            found.append(self.by_id[found[-1].inputs[0].step])
        return tuple(reversed(found))

    def waits_for(self, step: Step) -> tuple[str, ...]:
        """Name the steps whose outputs the rendering of a step takes, each once."""
        refs = (ref for one in self.chain(step) for ref in one.own_inputs)
        return tuple(dict.fromkeys(ref.step for ref in refs if ref.step))

    @property
    def levels(self) -> tuple[tuple[Step, ...], ...]:
        """Group the steps by level."""
        groups: dict[int, list[Step]] = {}
        for step in self.steps:
            groups.setdefault(step.level, []).append(step)
        return tuple(tuple(groups[level]) for level in sorted(groups))

    @property
    def contents(self) -> frozenset[Cid]:
        """Name all content that it reads, so that the right to read can be checked."""
        refs = (ref.cid for step in self.steps for ref in step.inputs if ref.cid)
        return frozenset(self.inputs.values()) | frozenset(refs)

    @property
    def run_key(self) -> str:
        """Name what a run of this plan means: equal recipe, inputs and code have an equal one.

        The key of the output step covers the recipe's meaning, the versions of the code and the
        inputs that matter; the CIDs of all inputs stand beside it, without their names.
        """
        return digest(
            {"output": self.by_id[self.output].key, "inputs": sorted(set(self.inputs.values()))}
        )

    def to_json(self) -> bytes:
        """Write it canonically, ready to be stored as content."""
        return canonical(msgspec.to_builtins(self))

    @classmethod
    def from_json(cls, data: bytes) -> "Plan":
        """Read it back. Raises `Refused` for anything that is not a plan.

        Keys are taken as written: what a stranger hands in goes through `recipe_of_plan`.
        """
        if len(data) > BYTES:
            raise Refused(f"a plan has at most {BYTES} bytes", code="bad_plan")
        try:
            plan = msgspec.json.decode(data, type=cls)
            canonical(msgspec.to_builtins(plan))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise Refused(f"not a plan: {error}", code="bad_plan") from None
        _check_shape(plan)
        return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a plan comes to where some results exist; each part is in the plan's order.

    `needed` must run, `hits` exist and are used, `elided` give no result of their own. Those of
    them that are rendered within a needed step stand in `within`, by id.
    """

    needed: tuple[Step, ...]
    hits: tuple[Step, ...]
    elided: tuple[Step, ...]
    within: Mapping[str, Step]


def plan_id(keys: Mapping[str, StepKey], output: str) -> str:
    """Name a plan by its meaning: equal for renamed steps and respelled recipes."""
    return digest({"output": keys[output], "steps": sorted(set(keys.values()))})


def prune(plan: Plan, have: Container[str]) -> Pruned:
    """Go backward from the output: where a result is in `have`, what led to it is not needed."""
    needed: set[str] = set()
    hits: set[str] = set()
    ahead = [plan.output]
    while ahead:
        step = plan.by_id[ahead.pop()]
        if step.id in needed or step.id in hits:
            continue
        if step.key in have:
            hits.add(step.id)
        else:
            needed.add(step.id)
            ahead.extend(plan.waits_for(step))
    used = needed | hits
    within = {
        inner.id: plan.by_id[id_]
        for id_ in sorted(needed)
        for inner in plan.chain(plan.by_id[id_])
        if inner.id not in used
    }
    return Pruned(
        within=within,
        needed=tuple(step for step in plan.steps if step.id in needed),
        hits=tuple(step for step in plan.steps if step.id in hits),
        elided=tuple(step for step in plan.steps if step.id not in used),
    )


def _check_shape(plan: Plan) -> None:
    """Every step comes after what it waits for, and the output exists."""
    seen: set[str] = set()
    for step in plan.steps:
        if step.id in seen:
            raise Refused(f"not a plan: two steps are called '{step.id}'", code="bad_plan")
        for name in step.follows:
            if name not in seen:
                message = f"not a plan: '{step.id}' waits for '{name}', which is not before it"
                raise Refused(message, code="bad_plan")
        if step.fused and not (step.inputs and step.inputs[0].step):
            message = f"not a plan: '{step.id}' is fused with no other step"
            raise Refused(message, code="bad_plan")
        seen.add(step.id)
    if plan.output not in seen:
        raise Refused(f"not a plan: there is no step '{plan.output}'", code="bad_plan")
