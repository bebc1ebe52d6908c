"""Parameters that follow curves: what they are at each picture."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect, structs

from l1.content.curve import ONE, Curve
from l1.dag.node import Node, Params
from l1.dag.param_words import fields_of
from l1.dag.params import normalise, parse_params
from l1.errors import Refused

STEPS = 1000
"""A parameter takes so many steps over its range, so that tables made of it are used again."""


@cache
def numbers_of(params: type[msgspec.Struct]) -> Mapping[str, bool]:
    """Name the parameters that are numbers; true for those that are whole numbers."""
    found = {}
    for name, field in fields_of(params).items():
        kinds = _kinds(inspect.type_info(field.type))
        if kinds == {inspect.IntType}:
            found[name] = True
        elif kinds == {inspect.DecimalType}:
            found[name] = False
    return found


def bindable(node: Node) -> tuple[str, ...]:
    """Name the parameters of a node that can follow a curve."""
    return tuple(name for name in numbers_of(node.params) if name in (node.binds or ()))


def check_curve(node: Node, params: Mapping[str, object], name: str, ends: tuple[int, int]) -> None:
    """Refuse a curve whose ends, in millionths, a parameter cannot be."""
    for end in ends:
        if numbers_of(node.params)[name] and end % ONE:
            raise Refused(
                f"{node.name}.{name} is a whole number, and so are the ends of its range",
                code="bad_parameter",
                field=name,
            )
        parse_params(node, {**params, name: _exact(end * STEPS, whole=not end % ONE)})


def params_at(params: Params, curves: Mapping[str, Curve], number: int, rate: Fraction) -> Params:
    """Answer the parameters at a picture, by its number at a rate of pictures a second."""
    if not curves:
        return params
    whole = numbers_of(type(params))
    return structs.replace(
        params,
        **{
            name: _exact(_stepped(curve, curve.seen(number, rate)), whole=whole[name])
            for name, curve in curves.items()
        },
    )


def described(
    params: Params, curves: Mapping[str, Curve], numbers: Iterable[int], rate: Fraction
) -> dict[str, Any]:
    """Write parameters as they are hashed; of those that follow, every value over some pictures."""
    plain = normalise(params)
    for name, curve in sorted(curves.items()):
        values = [_stepped(curve, curve.seen(number, rate)) for number in numbers]
        plain[name] = values
    return plain


def _stepped(curve: Curve, value: int) -> int:
    """Round to a step, and answer in parts of `ONE` times `STEPS`."""
    wide = curve.high - curve.low
    step = (2 * STEPS * (value - curve.low) + wide) // (2 * wide) if wide else 0
    return curve.low * STEPS + wide * step


def _exact(parts: int, *, whole: bool) -> int | Decimal:
    if whole:
        return (2 * parts + ONE * STEPS) // (2 * ONE * STEPS)
    return Decimal(parts).scaleb(-9)


def _kinds(kind: inspect.Type) -> set[type[inspect.Type]]:
    """List what a type may be, but for nothing."""
    match kind:
        case inspect.Metadata(type=inner):
            return _kinds(inner)
        case inspect.UnionType(types=choices):
            return set().union(*map(_kinds, choices))
        case inspect.NoneType():
            return set()
        case _:
            return {type(kind)}
