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
    shown = field.default if isinstance(field.default, str | Decimal) else repr(field.default)
    return f"{_takes(field.type)}; default {shown}"


def _takes(kind: Any) -> str:
    """Put a type into words."""
    schema = msgspec.json.schema(kind)
    info = msgspec.inspect.type_info(kind)
    extra = info.extra or {} if isinstance(info, msgspec.inspect.Metadata) else {}
    inner = info.type if isinstance(info, msgspec.inspect.Metadata) else info
    if "enum" in schema:
        return "one of " + ", ".join(str(choice) for choice in schema["enum"])
    words = {
        msgspec.inspect.IntType: "a whole number",
        msgspec.inspect.DecimalType: "a number",
        msgspec.inspect.BoolType: "true or false",
        msgspec.inspect.StrType: "a text",
    }
    word = words.get(type(inner), f"a {type(inner).__name__.removesuffix('Type').lower()}")
    low = extra.get("ge", schema.get("minimum"))
    high = extra.get("le", schema.get("maximum"))
    if low is not None and high is not None:
        return f"{word} from {low} to {high}"
    if low is not None:
        return f"{word} of at least {low}"
    return word if high is None else f"{word} of at most {high}"
