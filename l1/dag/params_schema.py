"""JSON Schema of the parameters of nodes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from l1.dag.node import Node, Params
from l1.dag.param_words import fields_of
from l1.dag.schema_pieces import Schema


def params_schemas(nodes: Mapping[str, Node]) -> tuple[dict[str, str], dict[str, Schema]]:
    """Describe the parameters of each node: the name of its schema, and the schemas by name."""
    refs, components = msgspec.json.schema_components(
        [node.params for node in nodes.values()], ref_template="{name}"
    )
    of = {name: ref["$ref"] for name, ref in zip(nodes, refs, strict=True)}
    schemas: dict[str, Schema] = {name: _plain(found) for name, found in components.items()}
    for name, node in nodes.items():
        _bound_fractions(schemas[of[name]], node.params)
    return of, schemas


def _plain(value: Any) -> Any:
    """Say of fractions that they are numbers, or texts of numbers, and lead references home."""
    match value:
        case {"type": "string", "format": "decimal", **rest}:
            return {"type": ["number", "string"], **rest}
        case {"$ref": str(name), **rest}:
            return {"$ref": f"#/$defs/{name}", **rest}
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case Decimal():
            return float(value)
        case _:
            return value


def _bound_fractions(schema: Schema, params: type[Params]) -> None:
    """Add the bounds of fractions, which msgspec knows nothing of."""
    for name, field in fields_of(params).items():
        said = schema["properties"][name]
        info = msgspec.inspect.type_info(field.type)
        extra = info.extra if isinstance(info, msgspec.inspect.Metadata) else None
        for word, key in (("ge", "minimum"), ("le", "maximum")):
            if word in (extra or {}):
                said[key] = float(Decimal((extra or {})[word]))
        if isinstance(field.default, Decimal):
            said["default"] = float(field.default)
