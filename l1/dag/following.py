"""Parameters that follow curves: what they are at each picture."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from l1.content.curve import ONE, Curve
from l1.dag.node import Node, Params
from l1.dag.param_paths import number_at, with_value
from l1.dag.params import normalise, parse_params
from l1.errors import Refused

STEPS = 1000
"""A parameter takes so many steps over its range, so that tables made of it are used again."""


def bindable(node: Node) -> tuple[str, ...]:
    """Name the parameters of a node that can follow a curve, as `radius` or `layers[].opacity`."""
    return node.binds or ()


def check_curve(node: Node, params: Mapping[str, object], name: str, ends: tuple[int, int]) -> None:
    """Refuse a curve whose ends, in millionths, a parameter cannot be."""
    for end in ends:
        whole = bool(number_at(node.params, name))
        if whole and end % ONE:
            raise Refused(
                f"{node.name}.{name} is a whole number, and so are the ends of its range",
                code="bad_parameter",
                field=name,
            )
        _check_value(node, params, name, _exact(end * STEPS, whole=whole))


def _check_value(node: Node, params: Mapping[str, object], name: str, value: int | Decimal) -> None:
    if "." not in name:
        parse_params(node, {**params, name: value})
        return
    try:
        parse_params(node, normalise(with_value(parse_params(node, params), name, value)))
    except ValueError as error:
        raise Refused(f"{node.name}.{name}: {error}", code="bad_parameter", field=name) from None


def params_at(params: Params, curves: Mapping[str, Curve], number: int, rate: Fraction) -> Params:
    """Answer the parameters at a picture, by its number at a rate of pictures a second."""
    if not curves:
        return params
    for name, curve in curves.items():
        parts = _stepped(curve, curve.seen(number, rate))
        value = _exact(parts, whole=bool(number_at(type(params), name)))
        params = with_value(params, name, value)
    return params


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
