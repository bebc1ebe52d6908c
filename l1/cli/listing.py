"""Runs and media as rows of a table."""

from typing import Any

from l1.actions.titles import titles
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
        media = [item for item in page if item.kind in _MEDIA][: limit - len(found)]
        named = zip(media, await titles(node.services, media), strict=True)
        found += [_row(item, title) for item, title in named]
    return found


_MEDIA = ("video", "audio", "image")


def _row(item: content.Content, title: str) -> dict[str, Any]:
    return {
        "cid": item.cid,
        "content_hash": item.content_hash,
        "kind": item.kind,
        "media_type": item.media_type,
        "size": item.size,
        "source": item.source,
        "stored": item.stored.isoformat(timespec="seconds"),
        "name": title,
    }
