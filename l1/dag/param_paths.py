"""Numbers among parameters, wherever they stand: `radius`, or `layers.0.opacity` in a list."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import msgspec
from msgspec import inspect, structs

from l1.dag.param_words import fields_of

_SCALARS = frozenset({inspect.StrType, inspect.NoneType})


@cache
def numbers_of(params: type[msgspec.Struct]) -> Mapping[str, bool]:
    """Name the parameters that are numbers; true for those that are whole numbers."""
    found = {}
    for name, field in fields_of(params).items():
        if (whole := _number(inspect.type_info(field.type))) is not None:
            found[name] = whole
    return found


@lru_cache(maxsize=4096)
def number_at(params: type[msgspec.Struct], path: str) -> bool | None:
    """Tell whether the number at a path is a whole one; None where there is no number."""
    kind: inspect.Type | None = inspect.type_info(params)
    for part in path.split("."):
        kind = _inside(kind, part)
    return None if kind is None else _number(kind)


@lru_cache(maxsize=4096)
def holds_more(params: type[msgspec.Struct], path: str) -> bool:
    """Tell whether there may be numbers below a path: in a list, or in a map of parameters."""
    kind: inspect.Type | None = inspect.type_info(params)
    for part in path.split("."):
        kind = _inside(kind, part)
    more = (inspect.StructType, inspect.VarTupleType, inspect.TupleType)
    return kind is not None and any(isinstance(each, more) for each in _choices(kind))


def pattern(path: str) -> str:
    """Write a path without numbers of items: `layers[].opacity`."""
    return "".join("[]" if part.isdigit() else f".{part}" for part in path.split("."))[1:]


def with_value(given: Any, path: str, value: object) -> Any:
    """Put a value at a path of parameters, or of what parameters are made from."""
    head, _, rest = path.partition(".")
    if not head:
        return value
    if isinstance(given, msgspec.Struct):
        made = with_value(getattr(given, head), rest, value)
        return structs.replace(given, **{head: _like(given, head, made)})
    if head.isdigit():
        items = list(given or ())
        items += [{} for _ in range(int(head) + 1 - len(items))]
        items[int(head)] = with_value(items[int(head)], rest, value)
        return items
    return {**(given or {}), head: with_value((given or {}).get(head), rest, value)}


def _like(given: msgspec.Struct, name: str, made: Any) -> Any:
    """Make of a list what the field holds; items that were missing get their defaults."""
    if not isinstance(made, list):
        return made
    field = fields_of(type(given))[name]
    plain = [item for item in made if not isinstance(item, Mapping)]
    if len(plain) == len(made):
        return tuple(made)
    return msgspec.convert(made, field.type, strict=False, from_attributes=True)


def _inside(kind: inspect.Type | None, part: str) -> inspect.Type | None:
    for each in _choices(kind) if kind is not None else ():
        match each:
            case inspect.StructType(fields=fields):
                return next((f.type for f in fields if f.encode_name == part), None)
            case inspect.VarTupleType(item_type=item) if part.isdigit():
                return item
            case inspect.TupleType(item_types=items) if part.isdigit():
                return items[int(part)] if int(part) < len(items) else None
    return None


def _number(kind: inspect.Type) -> bool | None:
    kinds = {type(each) for each in _choices(kind)}
    if inspect.DecimalType in kinds and kinds <= {inspect.DecimalType, *_SCALARS}:
        return False
    return True if inspect.IntType in kinds and kinds <= {inspect.IntType, *_SCALARS} else None


def _choices(kind: inspect.Type) -> list[inspect.Type]:
    """List what a type may be."""
    match kind:
        case inspect.Metadata(type=inner):
            return _choices(inner)
        case inspect.UnionType(types=choices):
            return [each for choice in choices for each in _choices(choice)]
        case _:
            return [kind]
