"""Open content that should be here; what turns out to be lost is said, so that it is made again."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.errors import NotFound, Unavailable
from l1.events.content import ContentCorrupted
from l1.log.command import Command, NothingSince, Stale


async def open_content(services: Services, caller: Caller, cid: Cid) -> Path:
    """Give a verified file. Raises `Unavailable` (`lost`) when the bytes are missing or damaged."""
    since = await services.reader.head()
    try:
        return await services.store.open_path(cid)
    except NotFound:
        await lose_content(services, caller, cid, found="missing", since=since)
    except Unavailable as error:
        if error.code != "corrupted":
            raise
        await lose_content(services, caller, cid, found="damaged", since=since)
    raise Unavailable(
        f"the bytes of {cid} were lost here; if it was uploaded, upload it again, "
        "if it was rendered, run again what made it",
        code="lost",
        cid=cid,
    )


async def open_contents(services: Services, caller: Caller, cids: Sequence[Cid]) -> list[Path]:
    """Give a verified file for each content, or raise as `open_content` for the first lost one."""
    try:
        return await services.store.open_paths(cids)
    except (NotFound, Unavailable):
        return [await open_content(services, caller, cid) for cid in cids]


async def missing(services: Services, cids: Collection[Cid]) -> list[Cid]:
    """Tell which of these contents have no file."""
    return await services.store.missing(cids)


async def lose_content(
    services: Services,
    caller: Caller,
    cid: Cid,
    *,
    found: Literal["missing", "damaged"],
    since: int,
) -> None:
    """Record a loss, unless the same content has been stored again since."""
    again = NothingSince(
        tags=(f"cid:{cid}",),
        kinds=("content.stored", "content.deleted", "content.corrupted"),
        after=since,
    )
    fact = ContentCorrupted(cid=cid, found=found)
    try:
        await services.log.append(
            Command(facts=(fact,), meta=caller.meta(cid), conditions=(again,))
        )
    except Stale:
        return
