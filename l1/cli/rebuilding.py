"""Views made again from the log."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from l1.cli.node import Node
from l1.compose import projections
from l1.dag.suggest import did_you_mean
from l1.errors import NotFound
from l1.projections.rebuilding import rebuild as rebuild_view

if TYPE_CHECKING:
    import asyncpg


async def checkpoints(node: Node) -> list[dict[str, Any]]:
    """List the views and how they are doing."""
    rows = await node.services.views.fetch(
        "select name, version, position, state, error from projection order by name"
    )
    return [dict(row) for row in rows]


async def rebuild(node: Node, names: Sequence[str]) -> list[dict[str, Any]]:
    """Rebuild these views, or all; the running ones serve until theirs is ready."""
    known = projections()
    for name in names:
        if name not in known:
            raise NotFound(f"there is no view {name!r}{did_you_mean(name, known)}")
    rows: list[dict[str, Any]] = []
    async with node.services.views.pool.acquire() as connection:
        plain = cast("asyncpg.Connection[asyncpg.Record]", connection)  # a proxy acts as one
        for name in names or sorted(known):
            began = time.monotonic()
            position = await rebuild_view(plain, (known[name],), node.services.reader)
            seconds = round(time.monotonic() - began, 2)
            rows.append({"name": name, "position": position, "seconds": seconds})
    return rows
