"""Tells the curves among a step's inputs from those that its effect is handed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from l1.content.curve import BYTES, Curve
from l1.dag.bound_words import check_bindable
from l1.dag.following import check_curve
from l1.dag.node import Node
from l1.effects.effect import Source
from l1.errors import Refused


def divided(
    node: Node, params: Mapping[str, Any], sources: Sequence[Source], bound: Mapping[str, int]
) -> tuple[tuple[Source, ...], dict[str, Curve]]:
    """Answer the sources that are no curves, and the curves by the parameters that follow them.

    Raises `Refused` for a parameter that cannot follow, and for a curve that goes beyond it.
    """
    curves = {}
    for name, index in bound.items():
        check_bindable(node, name)
        curve = curves[name] = _read(sources[index].path)
        check_curve(node, params, name, (curve.low, curve.high))
    own = (source for index, source in enumerate(sources) if index not in bound.values())
    return tuple(own), curves


def _read(path: Path) -> Curve:
    if path.stat().st_size > BYTES:
        raise Refused(f"a curve has at most {BYTES} bytes", code="bad_curve")
    return Curve.read(path.read_bytes())
