"""The parameters of an effect that somebody sends in, as a type like that of any node."""

import keyword
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Literal

import msgspec

from l1.dag.node import Node, Params, fraction, is_writable
from l1.dag.params import parse_params

EffectType = Literal["float", "int", "bool", "str"]

MOST = 64
"""The most parameters an effect has."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_TAKEN = frozenset({"effect", "cid", "hash", "params"})
_INT = re.compile(r"[-+]?[0-9]{1,15}")
_TRUTHS = {"true": True, "false": False}


class BadEffect(Exception):
    """What is wrong with an effect's file, and in which line; 0 for the file as a whole."""

    def __init__(self, said: str, line: int = 0) -> None:
        super().__init__(said)
        self.said = said
        self.line = line


class EffectParam(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter as its file declares it: values are texts, as they are written.

    Without `default` it is required. `low` and `high` bound a number, `choices` are the texts
    that may be given. `line` is where it stands.
    """

    name: str
    type: EffectType
    default: str | None = None
    low: str | None = None
    high: str | None = None
    choices: tuple[str, ...] = ()
    description: str = ""
    line: int = 0


@cache
def params_type(declared: tuple[EffectParam, ...]) -> type[Params]:
    """Make the type. Raises `BadEffect` for what is no parameter.

    Kept for each declaration: what the types of parameters are asked is remembered by type.
    """
    names = [one.name for one in declared]
    for one in declared:
        if not _NAME.fullmatch(one.name) or keyword.iskeyword(one.name) or one.name in _TAKEN:
            raise BadEffect(f"'{one.name}' cannot be the name of a parameter", one.line)
        if not all(
            text.isprintable() for text in (one.description, one.default or "", *one.choices)
        ):
            raise BadEffect(f"'{one.name}' holds a control character: leave it out", one.line)
        if names.count(one.name) > 1:
            raise BadEffect(f"the parameter '{one.name}' is declared twice", one.line)
    if len(declared) > MOST:
        raise BadEffect(f"{len(declared)} parameters; the most is {MOST}")
    made = msgspec.defstruct(
        "EffectParams",
        [_field(one) for one in declared],
        bases=(Params,),
        frozen=True,
        kw_only=True,
        omit_defaults=True,
        forbid_unknown_fields=True,
    )
    assert issubclass(made, Params)
    for one in declared:
        _check_default(one)
    return made


def checked(name: str, declared: tuple[EffectParam, ...], given: Mapping[str, Any]) -> Params:
    """Read what a step gives; `Refused` names the parameter and what it takes."""
    node = Node(name=name, version=1, summary="", params=params_type(declared), accepts=())
    return parse_params(node, given)


def plain_values(params: Params) -> dict[str, Any]:
    """Answer all parameters, defaults too, as an effect's function takes them."""
    values = {name: getattr(params, name) for name in params.__struct_fields__}
    return {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def _field(one: EffectParam) -> tuple[str, Any] | tuple[str, Any, Any]:
    kind = _kind(one)
    return (one.name, kind) if one.default is None else (one.name, kind, _value(one, one.default))


def _kind(one: EffectParam) -> Any:
    low, high = (None if bound is None else _value(one, bound) for bound in (one.low, one.high))
    bounded = low is not None or high is not None
    if bounded and one.type not in ("float", "int"):
        raise BadEffect(f"'{one.name}' is no number and has no range", one.line)
    if low is not None and high is not None and low > high:
        raise BadEffect(f"the range of '{one.name}' ends before it begins", one.line)
    if one.choices and one.type != "str":
        raise BadEffect(f"'{one.name}' has choices, so its type is str", one.line)
    match one.type:
        case "float":
            return Annotated[Decimal, fraction(one.description, **_bounds(low, high))]
        case "int":
            return Annotated[int, msgspec.Meta(description=one.description, ge=low, le=high)]
        case "bool":
            return Annotated[bool, msgspec.Meta(description=one.description)]
    inner: Any = Literal[one.choices] if one.choices else str
    return Annotated[inner, msgspec.Meta(description=one.description)]


def _bounds(low: Decimal | None, high: Decimal | None) -> dict[str, str]:
    return {word: str(bound) for word, bound in (("ge", low), ("le", high)) if bound is not None}


def _value(one: EffectParam, text: str) -> Any:
    try:
        match one.type:
            case "float":
                number = Decimal(text)
                if is_writable(number):
                    return number
            case "int":
                if _INT.fullmatch(text):
                    return int(text)
            case "bool":
                return _TRUTHS[text.lower()]
            case "str":
                return text
    except (InvalidOperation, KeyError):
        pass
    raise BadEffect(f"'{text[:80]}' is no {one.type}, as '{one.name}' is", one.line)


def _check_default(one: EffectParam) -> None:
    """Refuse a default that could not be given."""
    if one.default is None:
        return
    required = msgspec.structs.replace(one, default=None)
    alone = msgspec.defstruct("Alone", [_field(required)], bases=(Params,), frozen=True)
    try:
        msgspec.convert({one.name: _value(one, one.default)}, alone)
    except msgspec.ValidationError as error:
        said = str(error).partition(" - at `$")[0]
        raise BadEffect(f"the default of '{one.name}': {said}", one.line) from None
