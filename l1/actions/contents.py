"""What the actions share about content: finding it, and saying that it is stored."""

import asyncio
from collections.abc import Sequence

from l1.actions.services import Caller, Services
from l1.content.cid import Cid, parse_identifier
from l1.content.identity import Identity
from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.events.content import ContentStored
from l1.events.event import Sealed
from l1.log.command import NothingSince
from l1.projections import content

PROBE_KEY = "probe:1:"


def probe_key(cid: Cid) -> str:
    """Name the execution that probes content."""
    return PROBE_KEY + cid


def not_deleted(cids: Sequence[Cid], *, since: int) -> NothingSince:
    """Require that none of these contents was deleted after a position."""
    return NothingSince(
        tags=tuple(f"cid:{cid}" for cid in sorted(set(cids))),
        kinds=("content.deleted",),
        after=since,
    )


async def resolve(services: Services, identifier: str) -> content.Content:
    """Find stored content by any of its names; raises `Refused` for a text that is no name."""
    return await content.get(services.views, parse_identifier(identifier).text)


async def resolve_all(services: Services, identifiers: Sequence[str]) -> dict[str, content.Content]:
    """Find stored contents by the names asked for; raises `Refused` naming the first missing."""
    names = {identifier: parse_identifier(identifier).text for identifier in identifiers}
    found = await content.find(services.views, list(names.values()))
    for identifier, name in names.items():
        if name not in found:
            raise Refused(
                f"there is no content {identifier} here; upload it first",
                code="unknown_content",
                identifier=identifier,
            )
    return {identifier: found[name] for identifier, name in names.items()}


async def infos(services: Services, cids: Sequence[Cid]) -> dict[Cid, MediaInfo]:
    """Tell what probes found, waiting for the view when it lags behind the log."""
    found = await content.find(services.views, list(cids))
    if any(cid not in found or found[cid].info is None for cid in cids):
        await services.views.wait_for("content", await services.reader.head())
        found = await content.find(services.views, list(cids))
    return {cid: item.info for cid, item in found.items() if item.info is not None}  # type: ignore[misc]


def stored(
    identity: Identity,
    *,
    source: str,
    caller: Caller,
    media_type: str = "",
    name: Sealed = Sealed(""),  # noqa: B008 - a plain string
) -> ContentStored:
    """Say that a document of ours (a plan, a recipe, a provenance record, a log) is stored."""
    return ContentStored(
        cid=identity.cid,
        content_hash=identity.content_hash,
        size=identity.size,
        source=source,
        owner=caller.name,
        media_type=media_type,
        name=name,
    )


async def put_documents(services: Services, *documents: bytes) -> list[Identity]:
    """Store small documents of ours, durably."""
    return list(await asyncio.gather(*(services.store.put_bytes(data) for data in documents)))
