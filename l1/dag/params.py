"""The parameters of a step: checked against their node's type, and in the one form that is hashed."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from l1.content.canonical import NotCanonical, canonical
from l1.dag.node import DIGITS, Node, Params, is_writable
from l1.dag.param_words import describe, fields_of
from l1.dag.suggest import did_you_mean
from l1.errors import Refused


def parse_params(node: Node, config: Mapping[str, Any]) -> Params:
    """Check `config` against the node's own type.

    Raises `Refused` naming the field, what it takes, its default, and in `facts["field"]` its
    name.
    """
    fields = fields_of(node.params)
    for name in config:
        if name not in fields:
            hint = did_you_mean(name, fields) if fields else f"; {node.name} takes none"
            raise _refused(name, f"{node.name} has no parameter '{name}'{hint}")
    try:
        return msgspec.convert(dict(config), node.params, strict=False)
    except msgspec.ValidationError as error:
        name = _field_at_fault(str(error), fields)
        raise _refused(name, _explain(node, name, str(error))) from None


def normalise(params: Params) -> dict[str, Any]:
    """Write parameters in the form that is hashed: defaults omitted, fractions as decimal strings.

    Raises `Refused` for a value that has no canonical form.
    """
    plain = _struct(params)
    try:
        canonical(plain)
    except NotCanonical as error:
        name = str(error).partition(":")[0].removeprefix("$.")
        raise _refused(name, f"parameter {error}") from None
    return plain


def decimal_text(value: Decimal) -> str:
    """Write a fraction in full, without exponent, trailing zeros or a negative zero.

    Raises `Refused` for what is no number or would be endless to write.
    """
    if not is_writable(value):
        raise _refused("", f"a fraction has at most {DIGITS} digits each side of its point")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _struct(value: msgspec.Struct) -> dict[str, Any]:
    shape = type(value).__struct_config__
    plain = {} if shape.tag_field is None else {shape.tag_field: shape.tag}
    for name, field in fields_of(type(value)).items():
        item = getattr(value, field.name)
        if item is not None and not _is_default(field, item):
            plain[name] = _plain(item)
    return plain


def _is_default(field: msgspec.structs.FieldInfo, item: Any) -> bool:
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(item == field.default_factory())
    return field.default is not msgspec.NODEFAULT and bool(item == field.default)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return decimal_text(value)
        case Enum():
            return _plain(value.value)
        case msgspec.Struct():
            return _struct(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            items = [_plain(item) for item in value]
            return sorted(items, key=canonical) if isinstance(value, set | frozenset) else items
        case _:
            return value


def _field_at_fault(error: str, names: Mapping[str, Any]) -> str:
    """Find the field in msgspec's message, which ends in a path or quotes the name."""
    at = re.search(r"at `\$\.([^.\[`]+)", error)
    quoted = [word for word in re.findall(r"`([^`]+)`", error) if word in names]
    return at.group(1) if at else quoted[-1] if quoted else ""


def _explain(node: Node, name: str, error: str) -> str:
    said = error.partition(" - at `$")[0]
    if name in fields_of(node.params):
        return f"{node.name}.{name}: {said} ({describe(node.params, name)})"
    return f"{node.name}: {said}"


def _refused(field: str, message: str) -> Refused:
    return Refused(message, code="bad_parameter", field=field)
