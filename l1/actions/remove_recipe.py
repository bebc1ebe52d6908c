"""Keep a recipe no longer."""

import time

from l1.actions.delete_content import refuse, remove_bytes
from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.content.deletion import Reason, why_not_remove
from l1.errors import Conflict
from l1.events.content import ContentDeleted
from l1.events.recipe import RecipeRemoved
from l1.log.command import Appended, Command, NothingSince, Stale
from l1.projections import deletions

_CHANGES = ("content.stored", "recipe.added", "recipe.removed", "run.requested")
_ATTEMPTS = 5


async def remove_recipe(services: Services, caller: Caller, cid: Cid) -> Appended:
    """Remove a recipe and, unless somebody uploaded it for itself, its text.

    Raises `Conflict`, with the reasons, for one that ships with the server and while a run that
    is not discarded names it (R014).
    """
    for shipped in services.recipes.values():
        if shipped.cid == cid:
            message = f"the recipe '{shipped.name}' ships with this server; it stays"
            refuse((Reason(code="shipped", message=message, refs=(shipped.name,)),))
    for _ in range(_ATTEMPTS):
        decided = time.time_ns()
        held = await deletions.held(services.views, [cid])
        (item,) = held.items
        refuse(why_not_remove(item))
        facts = (RecipeRemoved(cid=cid),)
        deleted = () if item.brought else (ContentDeleted(cid=cid, reason="requested"),)
        unchanged = NothingSince(tags=(f"cid:{cid}",), kinds=_CHANGES, after=held.position)
        try:
            appended = await services.log.append(
                Command(facts=(*facts, *deleted), meta=caller.meta(cid), conditions=(unchanged,))
            )
        except Stale:
            await services.views.wait_for("deletions", await services.reader.head())
            continue
        if deleted:
            await remove_bytes(services, cid, decided)
        return appended
    raise Conflict(f"the recipe {cid} is being used again and again; try later")
