"""LUT: sends the colours of a video or an image through a table, the second input (`.cube`).

Tables of one and of three dimensions are read, with colours from 0 to 1 in any domain; what is
outside of it counts as its end. Transparency and sound stay as they are.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.errors import Refused
from l1.media.cube import BYTES, read_cube, through
from l1.media.pictures import Picture, Plane


class LutParams(Params, frozen=True, kw_only=True):
    """How much of the table is seen."""

    strength: Annotated[
        Decimal, fraction("1 is the table alone, 0 changes nothing", ge="0", le="1")
    ] = Decimal(1)


def _look(params: LutParams, stage: Stage) -> Change:
    change = _change(stage.beside[0], params.strength)
    return lambda picture, _number: change(picture)


def _change(path: Path, strength: Decimal) -> Callable[[Picture], Picture]:
    tabled, share = _tabled(path, path.stat().st_mtime_ns), round(strength * 256)

    def change(picture: Picture) -> Picture:
        made = tabled(picture)
        return Picture(
            red=_between(picture.red, made.red, share),
            green=_between(picture.green, made.green, share),
            blue=_between(picture.blue, made.blue, share),
            alpha=picture.alpha,
        )

    return change


@lru_cache(maxsize=1)
def _tabled(path: Path, _changed_ns: int) -> Callable[[Picture], Picture]:
    """Read a table, once however often its strength changes."""
    if path.stat().st_size > BYTES:
        raise Refused(f"The .cube file is longer than the {BYTES} bytes allowed")
    try:
        cube = read_cube(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise Refused("The second input of LUT is no .cube file: it is not text") from None
    return through(cube)


def _between(one: Plane, other: Plane, share: int) -> Plane:
    if share == 256:
        return other
    mixed = one * np.uint32(256 - share) + other * np.uint32(share)
    plane: Plane = ((mixed + np.uint32(128)) >> np.uint32(8)).astype(np.uint8)
    return plane


LUT = effect_of_look(
    Node(
        name="lut",
        version=1,
        summary="Sends colours through a table, a .cube file",
        params=LutParams,
        accepts=(frozenset({"video", "image"}), frozenset({"text", "data"})),
        slots=("source", "table"),
    ),
    _look,
)
