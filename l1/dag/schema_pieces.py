"""Pieces of JSON Schema that the schema of recipes is put together from."""

from collections.abc import Iterable
from typing import Any, get_args

from l1.content.media_info import Kind

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
"""YAML reads `version: 1.0` as a number; a text is what it looks like."""

NAME: Schema = {"type": ["string", "number"]}
NAMES: Schema = {"type": "array", "items": NAME}
CONTENT: Schema = {
    "type": "string",
    "pattern": "^(baf[a-z2-7]{56}|Qm[1-9A-HJ-NP-Za-km-z]{44}|[0-9A-Fa-f]{64})$",
    "description": "A CID, or a SHA3-256 of 64 hex digits",
}
HASH: Schema = {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"}


def table(required: Iterable[str] = (), **properties: Schema) -> Schema:
    """Describe a map of just these keys."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(required)} if required else found


def named(value: Schema | bool) -> Schema:
    """Describe a map of any keys to such values."""
    return {"type": "object", "additionalProperties": value}


def either(*ways: Schema) -> Schema:
    """Describe what is any of these."""
    return {"anyOf": list(ways)}


def any_case(names: Iterable[str]) -> Schema:
    """Name the values for completion, and take them however they are capitalised."""
    names = list(names)
    pattern = "|".join("".join(_both(letter) for letter in name) for name in names)
    return either({"enum": names}, {"type": "string", "pattern": f"^({pattern})$"})


def kinds() -> Schema:
    """Describe a kind of content, or a list of them."""
    one = any_case([*get_args(Kind), "any", "media"])
    return either(one, {"type": "array", "items": one})


def _both(letter: str) -> str:
    return f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter
