"""What parameters of a plan's steps follow, in words: `radius <- bass of music 0..12`."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from l1.content.cid import Cid
from l1.dag.bind_params import BindParams
from l1.dag.params import decimal_text
from l1.dag.plan import Plan, Ref, Step


def bindings_said(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Say it for each step that follows something, by its id, in the order of parameters."""
    names = {cid: name for name, cid in plan.inputs.items()}
    return {
        step.id: tuple(
            f"{name} <- {_curve(step.inputs[index], plan, names)}"
            for name, index in sorted(step.preimage.bound.items())
        )
        for step in plan.steps
        if step.preimage.bound
    }


def _curve(ref: Ref, plan: Plan, names: Mapping[Cid, str]) -> str:
    if not ref.step or plan.by_id[ref.step].node != "bind":
        return _name(ref, names)
    step = plan.by_id[ref.step]
    params = msgspec.convert(dict(step.params), BindParams, strict=False)
    low, high = (decimal_text(end) for end in params.range)
    return f"{_followed(step, params, plan, names)} {low}..{high}"


def _followed(step: Step, params: BindParams, plan: Plan, names: Mapping[Cid, str]) -> str:
    if params.period is not None:
        return f"lfo of {decimal_text(params.period)} s"
    heard = step.inputs[0]
    if heard.step and plan.by_id[heard.step].node == "bind":
        return heard.step
    sound = plan.by_id[heard.step].inputs[:1] if heard.step else ()
    name = _name(sound[0] if sound else heard, names)
    if params.beats is not None:
        one = "a beat" if params.beats == Decimal(1) else f"{decimal_text(params.beats)} beats"
        return f"lfo of {one} of {name}"
    return f"{params.feature} of {name}"


def _name(ref: Ref, names: Mapping[Cid, str]) -> str:
    return ref.step or names.get(ref.cid, ref.cid)
