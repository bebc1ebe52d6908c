"""Delete content, if nothing depends on it."""

import time

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
    "recipe.added",
    "effect.added",
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
        decided = time.time_ns()
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
        await remove_bytes(services, item.cid, decided)
        return appended
    raise Conflict(f"{item.cid} is being used again and again; try later")


def refuse(reasons: tuple[Reason, ...]) -> None:
    """Raise `Conflict` when there are reasons, with all of them."""
    if reasons:
        raise Conflict(
            "; ".join(reason.message for reason in reasons),
            reasons=[{"code": r.code, "message": r.message, "refs": list(r.refs)} for r in reasons],
        )


async def remove_bytes(services: Services, cid: Cid, decided: int) -> None:
    """Unlink the file, unless it was put again after `decided` (nanoseconds since 1970).

    `decided` is from before the deletion was appended. Who put the content earlier and has not said
    so yet is stopped by the condition "not deleted since"; who puts it later finds it kept.
    """
    await services.store.delete(cid, put_before=decided)
