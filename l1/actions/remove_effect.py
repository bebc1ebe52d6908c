"""Let an effect be run here no longer."""

import time

from l1.actions.delete_content import remove_bytes
from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.content.deletion import why_not_remove
from l1.errors import Conflict
from l1.events.content import ContentDeleted
from l1.events.effect import EffectRemoved
from l1.log.command import Appended, Command, NothingSince, Stale
from l1.projections import deletions

_CHANGES = ("content.stored", "effect.added", "effect.removed", "run.requested")
_ATTEMPTS = 5


async def remove_effect(services: Services, caller: Caller, cid: Cid) -> Appended:
    """Remove an effect. Its file goes too, unless a run names it or somebody uploaded it.

    What was rendered stays, and is found again; nothing new is rendered with it.
    """
    for _ in range(_ATTEMPTS):
        decided = time.time_ns()
        held = await deletions.held(services.views, [cid])
        (item,) = held.items
        goes = not item.brought and not item.recipe and not why_not_remove(item)
        facts = (
            EffectRemoved(cid=cid),
            *([ContentDeleted(cid=cid, reason="requested")] if goes else []),
        )
        unchanged = NothingSince(tags=(f"cid:{cid}",), kinds=_CHANGES, after=held.position)
        try:
            appended = await services.log.append(
                Command(facts=facts, meta=caller.meta(cid), conditions=(unchanged,))
            )
        except Stale:
            await services.views.wait_for("deletions", await services.reader.head())
            continue
        if goes:
            await remove_bytes(services, cid, decided)
        return appended
    raise Conflict(f"the effect {cid} is being used again and again; try later")
