"""Runs and media as rows of a table."""

from typing import Any

from l1.cli.node import Node
from l1.cli.results import as_fields
from l1.projections import content, runs

RUN_COLUMNS = ("run_id", "status", "recipe", "steps", "steps_cached", "requested", "output_cid")
MEDIA_COLUMNS = ("cid", "kind", "size", "source", "stored", "name")


async def of_runs(node: Node, limit: int) -> list[dict[str, Any]]:
    """List runs, the newest first."""
    return [as_fields(run) for run in await runs.page(node.services.views, limit=limit)]


async def of_media(node: Node, limit: int, kind: str | None) -> list[dict[str, Any]]:
    """List what a probe knew as media, the newest first."""
    found: list[dict[str, Any]] = []
    before: int | None = None
    while len(found) < limit:
        page = await content.page(node.services.views, limit=200, before=before, kind=kind)
        if not page:
            break
        before = page[-1].stored_at
        found += [await _row(node, item) for item in page if item.kind in _MEDIA]
    return found[:limit]


_MEDIA = ("video", "audio", "image")


async def _row(node: Node, item: content.Content) -> dict[str, Any]:
    return {
        "cid": item.cid,
        "content_hash": item.content_hash,
        "kind": item.kind,
        "media_type": item.media_type,
        "size": item.size,
        "source": item.source,
        "stored": item.stored.isoformat(timespec="seconds"),
        "name": await node.services.keyring.open(item.name) or "",
    }
