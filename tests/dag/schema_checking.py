"""As much of JSON Schema as the schema of recipes uses, to check documents with."""

import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
KNOWN = {
    "$schema", "title", "description", "default", "$defs", "format", "$ref", "anyOf", "enum",
    "const", "type", "pattern", "minimum", "maximum", "minLength", "maxLength", "items",
    "minItems", "maxItems", "properties", "required", "additionalProperties", "prefixItems",
    "exclusiveMinimum", "exclusiveMaximum",
}  # fmt: skip


def fits(value, schema, root):
    """Tell whether a value is what the schema says."""
    if schema is True:
        return True
    if schema is False:
        return False
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    return all(
        CHECKS[word](value, said, schema, root) for word, said in schema.items() if word in CHECKS
    )


def referred(value, ref, _schema, root):
    name = ref.removeprefix("#/$defs/")
    assert name in root["$defs"], ref
    return fits(value, root["$defs"][name], root)


def typed(value, said, _schema, _root):
    return any(TYPES[one](value) for one in ([said] if isinstance(said, str) else said))


def number(check):
    return lambda v, said, _s, _r: not TYPES["number"](v) or check(v, said)


def properties(value, said, _schema, root):
    return not isinstance(value, dict) or all(
        fits(value[key], one, root) for key, one in said.items() if key in value
    )


def rest(value, said, schema, root):
    """Check the items after those that `prefixItems` is about."""
    first = len(schema.get("prefixItems", ()))
    return not isinstance(value, list) or all(fits(item, said, root) for item in value[first:])


def firsts(value, said, _schema, root):
    return not isinstance(value, list) or all(
        fits(item, one, root) for item, one in zip(value, said, strict=False)
    )


def others(value, said, schema, root):
    known = schema.get("properties", {})
    return not isinstance(value, dict) or all(
        fits(item, said, root) for key, item in value.items() if key not in known
    )


CHECKS = {
    "$ref": referred,
    "anyOf": lambda v, said, _s, root: any(fits(v, one, root) for one in said),
    "enum": lambda v, said, _s, _r: v in said,
    "const": lambda v, said, _s, _r: v == said,
    "type": typed,
    "pattern": lambda v, said, _s, _r: not isinstance(v, str) or re.search(said, v) is not None,
    "minimum": number(lambda v, said: v >= said),
    "maximum": number(lambda v, said: v <= said),
    "items": rest,
    "prefixItems": firsts,
    "maxItems": lambda v, said, _s, _r: not isinstance(v, list) or len(v) <= said,
    "properties": properties,
    "required": lambda v, said, _s, _r: not isinstance(v, dict) or set(said) <= v.keys(),
    "additionalProperties": others,
}  # fmt: skip
