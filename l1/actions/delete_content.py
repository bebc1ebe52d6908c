"""Delete content, if nothing depends on it."""

from l1.actions.contents import resolve
from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.content.deletion import Reason, why_not_delete
from l1.errors import Conflict
from l1.events.content import ContentDeleted
from l1.log.command import Appended, Barred, Command, Guard, NothingSince, Stale
from l1.projections import deletions

MIRROR = (
    "content.stored",  # perhaps somebody brought what until then could be made again
    "run.requested",
    "run.planned",
    "run.completed",
    "publication.requested",
    "publication.accepted",
)
"""What, happening to content after it was looked at, makes a decision to delete it void."""
_ATTEMPTS = 5


async def delete_content(services: Services, caller: Caller, identifier: str) -> Appended:
    """Delete content; `Conflict` lists what stands in the way as `facts["reasons"]`."""
    item = await resolve(services, identifier)
    for _ in range(_ATTEMPTS):
        held = await deletions.held(services.views, [item.cid])
        refuse(why_not_delete(held.items[0]))
        try:
            appended = await services.log.append(
                Command(
                    facts=(ContentDeleted(cid=item.cid, reason="requested"),),
                    meta=caller.meta(item.cid),
                    conditions=(
                        NothingSince(tags=(f"cid:{item.cid}",), kinds=MIRROR, after=held.position),
                    ),
                    guard=Guard(name="unused", args={"cids": [item.cid]}),
                )
            )
        except Stale:
            await services.views.wait_for("deletions", await services.reader.head())
            continue
        except Barred:
            raise Conflict(
                f"{item.cid} is in use by a run that is going on: wait for it or cancel it"
            ) from None
        await remove_bytes(services, item.cid, appended.last)
        return appended
    raise Conflict(f"{item.cid} is being used again and again; try later")


def refuse(reasons: tuple[Reason, ...]) -> None:
    """Raise `Conflict` when there are reasons, with all of them."""
    if reasons:
        raise Conflict(
            "; ".join(reason.message for reason in reasons),
            reasons=[{"code": r.code, "message": r.message, "refs": list(r.refs)} for r in reasons],
        )


async def remove_bytes(services: Services, cid: Cid, deleted_at: int) -> None:
    """Unlink the file, unless the same content has been stored again since.

    Held under the log lock: whoever stores the content again commits before us, and we see it, or
    after us, and their condition sees the deletion.
    """
    async with services.views.pool.acquire() as connection, connection.transaction():
        await connection.execute("select log_lock()")
        again = await connection.fetchval(
            "select exists (select 1 from event where stream = $1 and kind = 'content.stored' "
            "and position > $2) or exists (select 1 from execution where output = $3)",
            f"content-{cid}",
            deleted_at,
            cid,
        )
        if not again:
            await services.store.delete(cid)
