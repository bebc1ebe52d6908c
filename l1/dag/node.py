"""A node type as a value: what a step of a plan may be."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Literal

import msgspec

from l1.content.media_info import Kind
from l1.dag.recipe import RecipeStep

DIGITS = 18
"""The most digits a fraction may have before and after its point."""


def fraction(description: str, *, ge: str | None = None, le: str | None = None) -> msgspec.Meta:
    """Describe a `Decimal` parameter and its bounds, which msgspec cannot check by itself.

    Used as `Annotated[Decimal, fraction("How much", ge="0", le="1")]`.
    """
    bounds = {word: bound for word, bound in (("ge", ge), ("le", le)) if bound is not None}
    return msgspec.Meta(description=description, extra=bounds)


class Params(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Base of every node's parameters.

    Fields are typed and ranged with `typing.Annotated[..., msgspec.Meta(ge=, le=, description=)]`
    and each has a default unless the node cannot work without it. Fractions are
    `decimal.Decimal`, ranged by `fraction()`. A default that changes needs a new version of its
    node.
    """

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Decimal):
                _check_fraction(name, value, _bounds(type(self))[name])


Expand = Callable[
    [RecipeStep, Params, Mapping[str, RecipeStep]],
    tuple[RecipeStep, ...],
]
"""How a step is written as simpler ones: see `Node`."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node type.

    `version` rises whenever equal inputs and parameters would give other bytes. `accepts` lists
    the kinds each input may have, in order; with `many`, the last entry repeats. `fewest` is the
    least number of inputs, by default one for each entry of `accepts`. `slots` names the inputs,
    in order, for recipes that write them as a map. With `grouped` each of them may be filled any
    number of times or not at all, an input without a name is of the first, and `expand` is handed
    a step that has a slot for each input. `gives` is the kind of the output, or all
    kinds it may serve as; None means those of the first input. `runs` says where: `child` is a
    sandboxed process without network, `worker` the worker itself. `code` is the SHA3-256 of the
    file that defines it, empty while that is not known. `timeout_s` is the longest a step may take
    here; a worker's own limit counts when it is shorter.

    `expand(step, params, steps)` writes a step of this type as simpler ones: the last keeps the
    id, those before it are called `<id>.<part>`. It is handed the step with its config already
    this node's parameters and its inputs without lists, and by id the steps of the recipe that
    come before it. Parts of other types are written out in turn. A last part of type `LIST`
    stands for its inputs, in order, wherever the step is taken. It is pure, and raises `Refused`,
    with the parameter in `facts["field"]`, for what cannot be meant. `accepts` and the rest are
    about the step that is left.

    `fuses` says whether it is rendered together with what comes before and after it, without
    encoding in between: a `head` makes its result picture by picture, so that looks can follow; a
    `look` makes each picture from that picture alone, so that it can follow its first input.

    `binds` names the parameters that may follow a curve, as `radius` or, in a list of maps,
    `layers[].opacity`; a look with None binds all its numbers, another node none.
    """

    name: str
    version: int
    summary: str
    params: type[Params]
    accepts: tuple[frozenset[Kind], ...]
    many: bool = False
    fewest: int | None = None
    slots: tuple[str, ...] = ()
    grouped: bool = False
    gives: Kind | frozenset[Kind] | None = None
    expand: Expand | None = None
    fuses: Literal["no", "head", "look", "playlist"] = "no"
    binds: tuple[str, ...] | None = None
    queue: Literal["cpu", "io", "llm"] = "cpu"
    runs: Literal["child", "worker"] = "child"
    timeout_s: int = 86400
    code: str = ""


def is_writable(value: Decimal) -> bool:
    """Tell whether a fraction can be written in full as a decimal string of sane length."""
    return (
        value.is_finite()
        and -DIGITS <= int(value.as_tuple().exponent) <= DIGITS
        and value.adjusted() < DIGITS
    )


def _check_fraction(name: str, value: Decimal, bounds: Mapping[str, str]) -> None:
    """Refuse what is out of range or cannot be written in full as a decimal string."""
    if not is_writable(value):
        raise ValueError(f"`{name}` is not a number of at most {DIGITS} digits each side")
    if "ge" in bounds and value < Decimal(bounds["ge"]):
        raise ValueError(f"Expected a number >= {bounds['ge']} for `{name}`")
    if "le" in bounds and value > Decimal(bounds["le"]):
        raise ValueError(f"Expected a number <= {bounds['le']} for `{name}`")


@cache
def _bounds(params: type[Params]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for field in msgspec.structs.fields(params):
        info = msgspec.inspect.type_info(field.type)
        found[field.name] = (info.extra or {}) if isinstance(info, msgspec.inspect.Metadata) else {}
    return found
