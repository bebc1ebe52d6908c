"""YAML as values that remember their line and column, within caps that no document can break.

Built from parser events, so that no depth of nesting reaches the interpreter's stack and no tag
reaches a constructor. Plain scalars are read as in YAML 1.2: `true`, `12`, `0.5`, `null`; words
such as `on` and dates stay text, and fractions stay decimal.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from l1.content.canonical import LIMIT
from l1.errors import Refused

BYTES = 1024 * 1024
DEPTH = 32
VALUES = 200_000
"""How many values a document may have once its aliases are written out."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = {None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq"))}
_INT = re.compile(r"[-+]?[0-9]{1,17}\Z")
_FRACTION = re.compile(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,2})?\Z")


class BadYaml(Refused):
    """The text is not the YAML that is taken here; `line` and `column` count from 1."""

    code = "bad_yaml"

    def __init__(self, at: "Mark", message: str) -> None:
        super().__init__(f"{at.line}:{at.column}: {message}", line=at.line, column=at.column)
        self.at = at
        self.said = message


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A value with its place. `value` is a scalar, a tuple of `Marked`, or a map of them.

    `text` is a scalar as it was written. `keys` are the places of a map's keys. `size` counts
    the values within, `height` how deep they nest.
    """

    value: Any
    at: Mark
    size: int = 1
    height: int = 0
    text: str = ""
    keys: Mapping[str, Mark] | None = None

    def plain(self) -> Any:
        """Answer the value without places. Null entries of maps are left out."""
        if isinstance(self.value, dict):
            items = self.value.items()
            return {key: item.plain() for key, item in items if item.value is not None}
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        return self.value


def parse(data: bytes) -> Marked:
    """Read one document. Raises `BadYaml`, and nothing else, for whatever is wrong with it."""
    start = Mark(1, 1)
    if len(data) > BYTES:
        raise BadYaml(start, f"{len(data)} bytes; the most is {BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadYaml(Mark(line, 1), f"byte {error.start} is not UTF-8") from None
    try:
        return _document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        at = _mark(error.problem_mark) if error.problem_mark else start
        raise BadYaml(at, _explain(error)) from None
    except yaml.YAMLError as error:
        raise BadYaml(start, str(error).splitlines()[0]) from None


_HINTS = (
    (
        "cannot start any token",
        "indent with spaces, not tabs, and put signs like % and @ in quotes",
    ),
    ("did not find expected key", "is this line indented as the one before it?"),
    ("expected <block end>", "is this line indented as the one before it?"),
    ("did not find expected '-' indicator", "is this line indented as the one before it?"),
    (
        "mapping values are not allowed",
        "is it indented as the line before it, with a space after each '-' and ':'?",
    ),
    ("did not find expected ',' or", "perhaps a bracket is not closed"),
)
"""What a person has most likely done, by what libyaml or its Python twin says."""


def _explain(error: yaml.MarkedYAMLError) -> str:
    """Say what the parser found wrong, and where that which it was reading began."""
    said = error.problem or "not YAML"
    hint = next((f"; {hint}" for words, hint in _HINTS if words in said), "")
    if error.context and error.context_mark:
        began = _mark(error.context_mark)
        said += f" {error.context} that begins at {began.line}:{began.column}"
    return said + hint


def _document(events: Iterator[Any]) -> Marked:
    """Fold events into one value; open collections wait on a stack."""
    open_: list[tuple[Any, list[Marked]]] = []
    anchors: dict[str, Marked] = {}
    root: Marked | None = None
    for count, event in enumerate(events):
        if count > VALUES:
            raise BadYaml(_mark(event.start_mark), f"more than {VALUES} values")
        match event:
            case yaml.ScalarEvent():
                done = _scalar(event)
                anchors |= {event.anchor: done} if event.anchor else {}
            case yaml.AliasEvent():
                done = _alias(event, anchors)
            case yaml.CollectionStartEvent():
                _check_start(event, len(open_))
                open_.append((event, []))
                continue
            case yaml.CollectionEndEvent():
                start, items = open_.pop()
                done = _collection(start, items, len(open_))
                anchors |= {start.anchor: done} if start.anchor else {}
            case yaml.DocumentStartEvent() if root is not None:
                raise BadYaml(_mark(event.start_mark), "a second document; only one is taken")
            case _:
                continue
        if open_:
            open_[-1][1].append(done)
        else:
            root = done
    if root is None:
        raise BadYaml(Mark(1, 1), "the document is empty")
    return root


def _check_start(event: Any, depth: int) -> None:
    if depth >= DEPTH:
        raise BadYaml(_mark(event.start_mark), f"nested more than {DEPTH} deep")
    _check_tag(event)


def _alias(event: Any, anchors: Mapping[str, Marked]) -> Marked:
    """Stand in for the anchored value; one that is still open is not known yet."""
    at = _mark(event.start_mark)
    if (meant := anchors.get(event.anchor)) is None:
        raise BadYaml(at, f"the alias *{event.anchor} names nothing that is complete before it")
    return Marked(meant.value, at, meant.size, meant.height, meant.text, meant.keys)


def _collection(event: Any, items: list[Marked], depth: int) -> Marked:
    at = _mark(event.start_mark)
    height = 1 + max((item.height for item in items), default=0)
    if depth + height > DEPTH:
        raise BadYaml(at, f"nested more than {DEPTH} deep once aliases are written out")
    size = 1 + sum(item.size for item in items)
    if size > VALUES:
        raise BadYaml(at, f"more than {VALUES} values once aliases are written out")
    if isinstance(event, yaml.SequenceStartEvent):
        return Marked(tuple(items), at, size, height)
    entries: dict[str, Marked] = {}
    keys: dict[str, Mark] = {}
    for key, value in zip(items[::2], items[1::2], strict=True):
        if isinstance(key.value, tuple | dict) or not key.text:
            raise BadYaml(key.at, "a key is a plain word")
        if key.text in entries:
            first = keys[key.text].line
            raise BadYaml(key.at, f"duplicate key '{key.text}', first on line {first}")
        entries[key.text], keys[key.text] = value, key.at
    return Marked(entries, at, size, height, keys=keys)


def _scalar(event: Any) -> Marked:
    at = _mark(event.start_mark)
    _check_tag(event)
    plain, text = event.implicit[0], event.value
    return Marked(_resolve(text, at) if plain else text, at, text=text)


def _resolve(text: str, at: Mark) -> str | int | bool | Decimal | None:
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return text.lower() == "true"
    if _INT.match(text):
        if abs(number := int(text)) > LIMIT:
            raise BadYaml(at, f"{text} is outside ±(2^53 - 1); quote it if it is a text")
        return number
    return Decimal(text) if _FRACTION.match(text) else text


def _check_tag(event: Any) -> None:
    if event.tag not in _TAGS:
        raise BadYaml(_mark(event.start_mark), f"the tag {event.tag} is not taken here")


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)
