"""What an effect says of itself in the tags of its docstring."""

import re
from dataclasses import dataclass, field
from typing import Any

from l1.dag.effect_params import BadEffect, EffectParam, EffectType

TYPES: dict[str, EffectType] = {
    "float": "float", "number": "float", "int": "int", "integer": "int", "bool": "bool",
    "boolean": "bool", "str": "str", "string": "str", "text": "str", "choice": "str",
}  # fmt: skip
"""The words for the types of parameters."""

_TAG = re.compile(r"\s*@([a-z]+)\b[ \t]*(.*)")
_INSIDE = re.compile(r"@(range|default|choices)\s+([^,()@]*)")
_TEXTS = ("effect", "version", "author", "description", "temporal")
_OF_PARAM = ("range", "default", "choices")
_WORDS = re.compile(r"[^\s,]+")


@dataclass(slots=True, kw_only=True)
class Said:
    """What has been read: texts by tag, parameters as they are declared, each by its parts."""

    texts: dict[str, str] = field(default_factory=dict)
    params: list[dict[str, Any]] = field(default_factory=list)

    def declared(self) -> tuple[EffectParam, ...]:
        """Answer the parameters."""
        return tuple(EffectParam(**parts) for parts in self.params)


def read_tags(docstring: str, line: int) -> Said:
    """Read the tags of a docstring that begins in `line`. Raises `BadEffect`."""
    said = Said()
    into: tuple[dict[str, Any], str] | None = None
    for number, written in enumerate(docstring.splitlines(), line):
        if (found := _TAG.fullmatch(written)) is None:
            if into is not None and (more := written.strip()):
                where, key = into
                where[key] = f"{where.get(key, '')} {more}".strip()
            continue
        into = _take(said, found[1], found[2].strip(), number)
    return said


def _take(said: Said, tag: str, rest: str, line: int) -> tuple[dict[str, Any], str] | None:
    """Take one tag; answer where lines without one belong that come after it."""
    if tag == "param":
        said.params.append(_param(rest, line))
        return said.params[-1], "description"
    if tag in _OF_PARAM:
        if not said.params:
            raise BadEffect(f"@{tag} belongs to a @param before it", line)
        _set(said.params[-1], tag, rest, line)
        return said.params[-1], "description"
    if tag == "example":
        return None
    if tag not in _TEXTS:
        raise BadEffect(f"there is no tag @{tag}", line)
    if tag in said.texts:
        raise BadEffect(f"@{tag} is said twice", line)
    said.texts[tag] = rest
    return (said.texts, "description") if tag == "description" else None


def _param(rest: str, line: int) -> dict[str, Any]:
    name, _, more = rest.partition(" ")
    kind, _, more = more.strip().partition(" ")
    if kind not in TYPES:
        message = f"@param says a name and a type ({', '.join(TYPES)}), as `@param amount float`"
        raise BadEffect(message, line)
    made: dict[str, Any] = {"name": name, "type": TYPES[kind], "line": line}
    for tag, value in _INSIDE.findall(more):
        _set(made, tag, value.strip(), line)
    if text := _INSIDE.sub("", more).strip(" (),"):
        made["description"] = text
    return made


def _set(param: dict[str, Any], tag: str, value: str, line: int) -> None:
    words = _WORDS.findall(value)
    match tag:
        case "range":
            if len(words) != 2:
                raise BadEffect("@range says the least and the most, as `@range 0 1`", line)
            param["low"], param["high"] = words
        case "choices":
            param["choices"] = tuple(words)
        case "default":
            param["default"] = value.strip("\"'")
