"""A command is data: facts, and under which conditions they may be appended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from l1.errors import Conflict
from l1.events.event import Event, Meta, new_event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAt:
    """The stream is at this version; 0 for one that does not exist."""

    stream: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingSince:
    """No fact of these kinds with one of these tags stands after this position."""

    tags: tuple[str, ...]
    kinds: tuple[str, ...]
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A named question to the working state, `guard_<name>` in the migrations."""

    name: str
    args: Mapping[str, Any]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Facts that are appended together or not at all.

    The event ids are made once, by the client: appending the same command again answers the
    positions it already has.
    """

    facts: tuple[Event, ...]
    meta: Meta
    conditions: tuple[StreamAt | NothingSince, ...] = ()
    guard: Guard | None = None
    ids: tuple[UUID, ...] = ()

    def __post_init__(self) -> None:
        if not self.facts:
            raise ValueError("a command states at least one fact")
        if not self.ids:
            ids = tuple([new_event_id() for _ in self.facts])
            msgspec.structs.force_setattr(self, "ids", ids)


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """Where the facts stand. `known` tells that they had been appended before."""

    first: int
    last: int
    known: bool = False


class Stale(Conflict):
    """A condition no longer holds: something happened in between. Read again and decide again."""

    code = "stale"


class Barred(Conflict):
    """A guard said no: the working state has moved on."""

    code = "barred"
