"""The page of one piece of content: its picture, its facts, what holds it, where it came from."""

from starlette.responses import Response

from l1.actions.services import Services
from l1.content.cid import Cid
from l1.content.deletion import why_not_delete
from l1.content.provenance import BYTES, Provenance
from l1.dag.foreign import FOREIGN
from l1.projections import deletions, effects, runs
from l1.projections.content import BROUGHT, Content
from l1.web.asked import Asked
from l1.web.blob import INLINE
from l1.web.presenting import content_out

_TEXT_BYTES = 64 * 1024
_OFFERED = 200


async def page(asked: Asked, item: Content) -> Response:
    """Show it."""
    services = asked.services
    held = await deletions.held(services.views, [item.cid])
    maker = await runs.by_output(services.views, item.cid)
    text = await _text(asked, item)
    provenance = await _provenance(asked, maker.provenance) if maker else None
    return asked.page(
        "content.html",
        item=await content_out(services, item),
        view=preview(item),
        awaited=is_awaited(item),
        text=text,
        follows_beat=_follows_beat(text, provenance),
        uses=held.items[0].uses,
        reasons=why_not_delete(held.items[0]),
        maker=maker,
        provenance=provenance,
        nodes=await _offered(services),
    )


async def _offered(services: Services) -> list[str]:
    """Name the effects that may be chosen, those by others too."""
    theirs = await effects.page(services.views, limit=_OFFERED) if services.foreign == "on" else []
    return sorted({*services.nodes, *(each.name for each in theirs)} - {FOREIGN})


def preview(item: Content) -> str:
    """Tell how a browser shows it: video, audio, image, text, or not at all."""
    media_type = item.media_type or ""
    if media_type.startswith(INLINE) and not item.problem:
        return media_type.partition("/")[0]
    if item.kind == "text" or media_type in ("application/json", "text/plain"):
        return "text"
    return ""


def is_awaited(item: Content) -> bool:
    """Tell whether it was brought and nobody has looked into it yet; documents of ours stay so."""
    return item.kind is None and item.source in BROUGHT


async def _text(asked: Asked, item: Content) -> str:
    if preview(item) != "text" or item.size > _TEXT_BYTES:
        return ""
    data = await asked.services.store.read(item.cid, limit=_TEXT_BYTES)
    return data.decode("utf-8", "replace")


def _follows_beat(text: str, provenance: Provenance | None) -> bool:
    """Tell whether it looks like a schedule, or was made by one: then there is an edit list."""
    made_by = {effect.name for effect in provenance.effects} if provenance else set()
    return "beat_sync" in made_by or ('"intervals":[' in text and '"runs":[' in text)


async def _provenance(asked: Asked, cid: str | None) -> Provenance | None:
    if not cid or not await asked.services.store.has(Cid(cid)):
        return None
    return Provenance.from_json(await asked.services.store.read(Cid(cid), limit=BYTES))
