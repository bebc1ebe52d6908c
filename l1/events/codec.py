"""Between facts and their stored text."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from l1.content.canonical import canonical_struct
from l1.errors import Failure, Refused
from l1.events.event import Event, Meta
from l1.events.tree import body_hash


class UnknownFact(Failure):
    """The log holds a kind or schema that this release does not know."""

    code = "unknown_fact"


class Row(NamedTuple):
    """A fact as it goes into the log."""

    event_id: UUID
    stream: str
    kind: str
    schema: int
    data: str
    meta: str
    body: bytes
    tags: tuple[str, ...]


@lru_cache(maxsize=256)
def _meta_text(meta: Meta) -> bytes:
    """Write who and why: the same for all facts of a command, and for many commands of a run."""
    return canonical_struct(meta)


class Codec:
    """Encodes and decodes the kinds it is given.

    A class whose `schema` has risen carries `upcasts`, a map from an old schema number to a
    function from that schema's builtin data to the next one's. Stored text is never rewritten.
    """

    def __init__(self, kinds: Mapping[str, type[Event]]) -> None:
        self._kinds = kinds
        self._decoders: dict[tuple[str, int], Callable[[str], Event]] = {
            (kind, cls.schema): msgspec.json.Decoder(cls).decode for kind, cls in kinds.items()
        }
        # The facts of a command, and mostly of a run, say the same: it is read once.
        self._meta = lru_cache(maxsize=1024)(msgspec.json.Decoder(Meta).decode)

    def encode(self, event_id: UUID, event: Event, meta: Meta) -> Row:
        """Write a fact.

        Raises `NotCanonical` if a value has no canonical form, `Refused` if a text holds a NUL.
        """
        data, meta_text = canonical_struct(event), _meta_text(meta)
        if b"\\u0000" in data or b"\\u0000" in meta_text:
            _refuse_nul(event, meta)
        stream, cls = event.stream(), type(event)
        body = body_hash(event_id, stream, cls.kind, cls.schema, meta_text, data)
        return Row(
            event_id, stream, cls.kind, cls.schema, data.decode(), meta_text.decode(), body,
            tuple(dict.fromkeys(event.tags())),
        )  # fmt: skip

    def decode(self, kind: str, schema: int, data: str) -> Event:
        """Read a fact back, brought up to its class's schema."""
        decoder = self._decoders.get((kind, schema))
        return decoder(data) if decoder else self._upcast(kind, schema, data)

    def decode_meta(self, meta: str) -> Meta:
        """Read who and why."""
        return self._meta(meta)

    def _upcast(self, kind: str, schema: int, data: str) -> Event:
        cls = self._kinds.get(kind)
        if cls is None or schema > cls.schema:
            raise UnknownFact(
                f"the log holds {kind} of schema {schema}, which this release does not know; "
                "it was written by a newer one"
            )
        value: Any = msgspec.json.decode(data)
        upcasts: Mapping[int, Callable[[Any], Any]] = getattr(cls, "upcasts", {})
        for old in range(schema, cls.schema):
            value = upcasts[old](value)
        return msgspec.convert(value, cls)


def _refuse_nul(*values: msgspec.Struct) -> None:
    """Refuse a NUL character, which Postgres cannot hold in a text."""
    for value in values:
        if "\0" in _texts(msgspec.to_builtins(value, str_keys=True)):
            name = getattr(type(value), "kind", "the metadata")
            raise Refused(f"a text in {name} holds a NUL character: leave it out", code="nul")


def _texts(value: Any) -> str:
    """Join all texts within a builtin value."""
    match value:
        case str():
            return value
        case dict():
            return "".join([key + _texts(item) for key, item in value.items()])
        case list() | tuple():
            return "".join([_texts(item) for item in value])
        case _:
            return ""
