"""Why each step of a plan would or would not run: a dry run in words."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Literal

from l1.dag.keys import Preimage, why
from l1.dag.plan import Plan, Step, prune


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What would become of one step, and why.

    `changed` names the fields in which its preimage differs from the one it had before.
    """

    step: Step
    state: Literal["cached", "to_run", "not_needed"]
    reason: str
    changed: tuple[str, ...] = ()


def explain(
    plan: Plan, have: Container[str], previous: Mapping[str, Preimage] | None = None
) -> tuple[Explanation, ...]:
    """Say it for each step, in the plan's order.

    `have` are the keys with results; `previous` are the preimages that steps of these ids had in
    an earlier run.
    """
    pruned = prune(plan, have)
    hits, elided = ({step.id for step in part} for part in (pruned.hits, pruned.elided))
    found = []
    for step in plan.steps:
        if step.id in hits:
            found.append(Explanation(step=step, state="cached", reason="its result exists"))
        elif step.id in elided:
            tail = pruned.within.get(step.id)
            reason = (
                f"it is rendered within '{tail.id}'"
                if tail
                else "nothing that must run needs its result"
            )
            found.append(Explanation(step=step, state="not_needed", reason=reason))
        else:
            found.append(_to_run(step, (previous or {}).get(step.id)))
    return tuple(found)


def _to_run(step: Step, before: Preimage | None) -> Explanation:
    if before is None:
        return Explanation(step=step, state="to_run", reason="it was not rendered here before")
    changed = why(before, step.preimage)
    if not changed:
        return Explanation(step=step, state="to_run", reason="its result is no longer kept")
    said = "; ".join(_change(field, step, before) for field in changed)
    return Explanation(step=step, state="to_run", reason=said, changed=changed)


def _change(field: str, step: Step, before: Preimage) -> str:
    part, _, name = field.partition(".")
    match part:
        case "params":
            old = before.params.get(name, "its default")
            return f"{name} was {old}, is {step.params.get(name, 'its default')}"
        case "bound":
            return f"what {name} follows changed"
        case "inputs" if int(name) < len(step.inputs):
            ref = step.inputs[int(name)]
            return f"input {int(name) + 1} changed ({ref.step or ref.cid})"
        case "inputs":
            return f"input {int(name) + 1} is gone"
        case "version":
            return f"{step.node} was version {before.version}, is {step.version}"
        case _:
            return f"{field.replace('_', ' ')} changed"
