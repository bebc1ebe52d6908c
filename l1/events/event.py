"""What a fact is. Each family of facts has a file of its own beside this one."""

import secrets
import time
from datetime import datetime
from typing import ClassVar, NewType
from uuid import UUID

import msgspec

Sealed = NewType("Sealed", str)
"""Personal text, encrypted under its person's key; `l1.secrets` opens it."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of every fact.

    A subclass sets `kind` (the stored name, never a Python path) and `schema` (raised with an
    upcaster when its fields change), says by `stream()` which history it belongs to and by
    `tags()` under which names rules may look for it. Values are strings, integers, booleans,
    lists and maps: no floats, no null; what is absent has a default and is omitted.
    """

    kind: ClassVar[str]
    schema: ClassVar[int] = 1

    def stream(self) -> str:
        """Name the stream, `<category>-<id>`."""
        raise NotImplementedError

    def tags(self) -> tuple[str, ...]:
        """Name the tags, `<word>:<value>`, that append conditions can ask for."""
        return ()


class Meta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who caused a fact, by which door, and what it answers to.

    `correlation` is the run or request that it belongs to, `causation` the event id it follows
    from.
    """

    actor: str
    origin: str
    correlation: str = ""
    causation: str = ""


class Placed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact with where and when it stands in the log: all that a view may be made of."""

    position: int
    at: datetime
    event: Event


class Recorded(Placed, frozen=True, kw_only=True, gc=False):
    """A fact with all that the log holds of it."""

    stream: str
    version: int
    event_id: UUID
    meta: Meta


def new_event_id() -> UUID:
    """Make an event id that sorts by time (UUIDv7, RFC 9562): index pages stay warm."""
    at_ms = time.time_ns() // 1_000_000
    chance = secrets.randbits(74)
    high, low = chance >> 62, chance & (1 << 62) - 1
    return UUID(int=at_ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
