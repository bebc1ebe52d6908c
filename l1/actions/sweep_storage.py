"""Remove bytes that no fact speaks for: left by a kill between a file and its fact."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.errors import Refused, Unavailable
from l1.events.content import ContentDeleted
from l1.log.command import Barred, Command, Guard, NothingSince, Stale
from l1.projections import content

_SPOKEN_FOR = ("content.stored",)
_VIEW_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """Bytes without a fact; `size` in bytes."""

    cid: Cid
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep removed, or would. `unfinished` counts files that were never received whole."""

    orphans: tuple[Orphan, ...]
    unfinished: int


async def sweep_storage(
    services: Services,
    caller: Caller,
    *,
    grace_s: float,
    dry_run: bool = False,
    pause_s: float = 0.0,
) -> Swept:
    """Remove what was last put more than `grace_s` seconds ago and is not stored by the log.

    A fact says so first, under the condition that none has spoken for the bytes since: whoever put
    them and has not said so yet is stopped by "not deleted since", and what is put again in time is
    kept, as when content is deleted. `pause_s` lies between folders. Raises `Refused` where another
    log may hold content of the same store, and `Unavailable` while the view of content is behind.
    """
    await _check_alone(services)
    unfinished = 0 if dry_run else await services.store.clear_unfinished()
    found: list[Orphan] = []
    for folder in await services.store.folders():
        async for orphan in _swept(services, caller, folder, grace_s=grace_s, dry_run=dry_run):
            found.append(orphan)  # noqa: PERF401 - what follows is no comprehension's work
        await asyncio.sleep(pause_s)
    return Swept(orphans=tuple(found), unfinished=unfinished)


async def _check_alone(services: Services) -> None:
    own = await services.reader.name()
    others = sorted(await services.store.users() - {own})
    if others:
        raise Refused(
            f"the content in {services.store.root} may also be held by another log, so nothing of "
            f"it is an orphan for sure; when that log is no more, remove "
            f"{services.store.root / 'logs' / others[0]}",
            code="shared_store",
            logs=others,
        )


async def _swept(
    services: Services, caller: Caller, folder: str, *, grace_s: float, dry_run: bool
) -> AsyncIterator[Orphan]:
    limit = time.time_ns() - int(grace_s * 1e9)
    old = await services.store.put_before(folder, limit)
    if not old:
        return
    position = await _current(services)
    stored = await content.find(services.views, [cid for cid, _ in old])
    for cid, size in old:
        if cid in stored:
            continue
        if dry_run or await _remove(services, caller, cid, position=position, limit=limit):
            yield Orphan(cid=cid, size=size)


async def _current(services: Services) -> int:
    """Wait until the view of content knows all that the log says, and answer how far it is."""
    head = await services.reader.head()
    if not await services.views.wait_for("content", head, seconds=_VIEW_S):
        raise Unavailable("the view of content is behind the log: sweep later", code="view_behind")
    return await services.views.position("content")


async def _remove(
    services: Services, caller: Caller, cid: Cid, *, position: int, limit: int
) -> bool:
    try:
        await services.log.append(
            Command(
                facts=(ContentDeleted(cid=cid, reason="no fact spoke for these bytes"),),
                meta=caller.meta(cid),
                conditions=(NothingSince(tags=(f"cid:{cid}",), kinds=_SPOKEN_FOR, after=position),),
                guard=Guard(name="unheld", args={"cids": [cid]}),
            )
        )
    except (Stale, Barred):
        return False  # somebody has spoken for it just now
    return await services.store.delete(cid, put_before=limit)
