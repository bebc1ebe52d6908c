"""Parameters put into words, for error messages and pages."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from l1.dag.node import Params


@cache
def fields_of(kind: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """List the fields of a struct type by the name they have in JSON."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def describe(params: type[Params], name: str) -> str:
    """Say what a parameter takes and what it is when left out, for messages and pages."""
    field = fields_of(params)[name]
    if field.required:
        return f"{_takes(field.type)}; required"
    if field.default_factory is not msgspec.NODEFAULT:
        return f"{_takes(field.type)}; default {field.default_factory()!r}"
    if field.default is None:
        return f"{_takes(field.type)}; may be left out"
    if field.default == () or isinstance(field.default, msgspec.Struct):
        return f"{_takes(field.type)}; may be left out"
    return f"{_takes(field.type)}; default {_shown(field.default)}"


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return f"[{', '.join(map(_shown, default))}]"
    if default == "":
        return "empty"
    return str(default) if isinstance(default, str | Decimal) else repr(default)


def _takes(kind: Any) -> str:
    """Put a type into words."""
    return _words(msgspec.inspect.type_info(kind), {})


_PLAIN = {
    msgspec.inspect.IntType: "a whole number",
    msgspec.inspect.DecimalType: "a number",
    msgspec.inspect.BoolType: "true or false",
    msgspec.inspect.StrType: "a text",
    msgspec.inspect.StructType: "a map",
    msgspec.inspect.DictType: "a map",
    msgspec.inspect.VarTupleType: "a list",
    msgspec.inspect.TupleType: "a list",
}


def _words(kind: msgspec.inspect.Type, bounds: Mapping[str, Any]) -> str:
    match kind:
        case msgspec.inspect.Metadata(type=inner, extra=extra):
            return _words(inner, {**bounds, **(extra or {})})
        case msgspec.inspect.UnionType(types=choices):
            given = (each for each in choices if not isinstance(each, msgspec.inspect.NoneType))
            return " or ".join(_words(each, bounds) for each in given)
        case msgspec.inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case msgspec.inspect.EnumType(cls=cls):
            return "one of " + ", ".join(str(member.value) for member in cls)
    word = _PLAIN.get(type(kind), f"a {type(kind).__name__.removesuffix('Type').lower()}")
    if isinstance(kind, msgspec.inspect.IntType):
        return _within(word, kind.ge, kind.le)
    return _within(word, bounds.get("ge"), bounds.get("le"))


def _within(word: str, low: object, high: object) -> str:
    if low is not None and high is not None:
        return f"{word} from {low} to {high}"
    if low is not None:
        return f"{word} of at least {low}"
    return word if high is None else f"{word} of at most {high}"
