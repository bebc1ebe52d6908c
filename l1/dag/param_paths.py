"""Numbers among parameters, wherever they stand: `radius`, or `layers.0.opacity` in a list."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import msgspec
from msgspec import inspect, structs

from l1.dag.param_words import fields_of

_INDEX = re.compile(r"0|[1-9][0-9]{0,3}")
"""The number of an item as a path writes it; no list of parameters is longer."""

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
    """Put a value at a path of parameters; items that were missing before it get their defaults."""
    head, _, rest = path.partition(".")
    if not head:
        return value
    if not isinstance(given, msgspec.Struct):
        items = list(given)
        items[int(head)] = with_value(items[int(head)], rest, value)
        return tuple(items)
    inner = getattr(given, head)
    if isinstance(inner, tuple):
        inner = _filled(type(given), head, inner, int(rest.partition(".")[0]) + 1)
    return structs.replace(given, **{head: with_value(inner, rest, value)})


def _filled(
    params: type[msgspec.Struct], name: str, items: tuple[Any, ...], count: int
) -> tuple[Any, ...]:
    for kind in _choices(inspect.type_info(fields_of(params)[name].type)):
        if isinstance(kind, inspect.VarTupleType) and isinstance(
            kind.item_type, inspect.StructType
        ):
            return (*items, *(kind.item_type.cls() for _ in range(count - len(items))))
    return items


def _inside(kind: inspect.Type | None, part: str) -> inspect.Type | None:
    for each in _choices(kind) if kind is not None else ():
        match each:
            case inspect.StructType(fields=fields):
                return next((f.type for f in fields if f.encode_name == part), None)
            case inspect.VarTupleType(item_type=item) if _INDEX.fullmatch(part):
                return item
            case inspect.TupleType(item_types=items) if _INDEX.fullmatch(part):
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
