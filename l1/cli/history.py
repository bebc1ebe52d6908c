"""Facts of the log as rows and as lines."""

import json
from typing import Any

import click
import msgspec

from l1.cli.node import Node
from l1.errors import NotFound
from l1.events.event import Recorded
from l1.log.wakeups import LOG


async def page(node: Node, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Read facts behind a position."""
    return [as_row(recorded) for recorded in await node.services.reader.page(after, limit)]


async def one(node: Node, position: int) -> dict[str, Any]:
    """Read the fact at a position; `NotFound` beyond the end."""
    found = await node.services.reader.page(position - 1, 1)
    if not found:
        head = await node.services.reader.head()
        raise NotFound(f"the log has no fact {position}: its last one is {head}")
    return as_row(found[0])


async def tail(node: Node, *, after: int | None) -> None:
    """Print facts as they come, for ever."""
    reader = node.services.reader
    position = await reader.head() if after is None else after
    while True:
        for recorded in await reader.page(position, 500):
            click.echo(json.dumps(as_row(recorded), default=str))
            position = recorded.position
        if await reader.head() == position:
            await node.services.wakeups.wait(LOG, 1.0)


def as_row(recorded: Recorded) -> dict[str, Any]:
    """Give a fact with its place and who caused it; personal text stays sealed."""
    return {
        "position": recorded.position,
        "at": recorded.at.isoformat(timespec="milliseconds"),
        "kind": recorded.event.kind,
        "stream": recorded.stream,
        "version": recorded.version,
        "actor": recorded.meta.actor,
        "origin": recorded.meta.origin,
        "correlation": recorded.meta.correlation,
        "event_id": str(recorded.event_id),
        "data": msgspec.to_builtins(recorded.event),
    }
