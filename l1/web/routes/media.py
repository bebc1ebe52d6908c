"""Lists of content: everything there is, and the gallery of what can be looked at or heard."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from l1.log.wakeups import VIEWS
from l1.projections import content
from l1.web import paging
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.gallery import KINDS, Shown, look
from l1.web.schemas import ContentList

_LOOK_S = 2.0
_PAUSE_S = 0.5
_STREAM_S = 600.0


async def _list(asked: Asked) -> Response:
    return await _answer(asked, all_kinds=True)


async def _gallery(asked: Asked) -> Response:
    return await _answer(asked, all_kinds=False)


async def _answer(asked: Asked, *, all_kinds: bool) -> Response:
    shown = await look(asked, all_kinds=all_kinds)
    if asked.wants_html:
        newest = paging.before(asked) is None
        return asked.page(
            "media.html",
            cards=shown.cards,
            next=shown.next,
            kind=asked.query("type"),
            kinds=KINDS,
            live=_events_url(asked, shown) if newest else None,
        )
    total = await content.total(asked.services.views)
    listed = ContentList(items=shown.out, total=total, next=shown.next)
    return asked.json(listed, headers=paging.link(shown.next))


async def _list_events(asked: Asked) -> Response:
    return await _events(asked, all_kinds=True)


async def _gallery_events(asked: Asked) -> Response:
    return await _events(asked, all_kinds=False)


async def _events(asked: Asked, *, all_kinds: bool) -> Response:
    first = await look(asked, all_kinds=all_kinds)  # says no before it begins to stream
    follow = _follow(asked, first, all_kinds=all_kinds)
    return EventSourceResponse(follow, ping=15, headers={"X-Accel-Buffering": "no"})


async def _follow(asked: Asked, shown: Shown, *, all_kinds: bool) -> AsyncIterator[ServerSentEvent]:
    """Say the list anew when it has changed; `have` is what the page that asks was made of.

    It ends after some minutes, and browsers ask again: who has logged out since is not told more.
    """
    services, told, looked_at = asked.services, asked.query("have"), -1
    end = asyncio.get_running_loop().time() + _STREAM_S
    while asyncio.get_running_loop().time() < end:
        changed = services.wakeups.next(VIEWS)
        position = await services.views.position("content")
        if position != looked_at:
            shown, looked_at = await look(asked, all_kinds=all_kinds), position
        if shown.mark != told:
            told = shown.mark
            yield ServerSentEvent(await _said(asked, shown), id=str(position))
        await asyncio.sleep(_PAUSE_S)  # a busy log changes the list all the time
        await services.wakeups.wait(VIEWS, _LOOK_S, next=changed)


async def _said(asked: Asked, shown: Shown) -> str:
    if asked.query("view") == "html":
        return asked.web.pages.render(
            "_media.html", cards=shown.cards, next=shown.next, kind=asked.query("type")
        )
    total = await content.total(asked.services.views)
    return ContentList(items=shown.out, total=total, next=shown.next).model_dump_json()


def _events_url(asked: Asked, shown: Shown) -> str:
    query = {**asked.request.query_params, "view": "html", "have": shown.mark}
    return f"{asked.request.url.path}/events?{urlencode(query)}"


_QUERY = {**paging.QUERY, "type": f"Only one kind: {', '.join(KINDS)}"}
LIST = Endpoint(
    method="GET",
    path="/cache",
    handler=_list,
    summary="Everything that is stored, the newest first",
    query=_QUERY,
    gives=("application/json", "text/html"),
    answers={200: ContentList},
)
GALLERY = Endpoint(
    method="GET",
    path="/media",
    handler=_gallery,
    summary="Videos, sounds and pictures, the newest first",
    query=_QUERY,
    gives=("application/json", "text/html"),
    answers={200: ContentList},
)
_EVENTS_QUERY = {**_QUERY, "view": "`html` for the part of the page", "have": "What is known"}
LIST_EVENTS = Endpoint(
    method="GET",
    path="/cache/events",
    handler=_list_events,
    summary="Everything that is stored, again whenever that changes, as server-sent events",
    query=_EVENTS_QUERY,
    gives=("text/event-stream",),
    answers={200: "The stream; ids are positions of the log"},
)
GALLERY_EVENTS = Endpoint(
    method="GET",
    path="/media/events",
    handler=_gallery_events,
    summary="Videos, sounds and pictures, again whenever that changes, as server-sent events",
    query=_EVENTS_QUERY,
    gives=("text/event-stream",),
    answers={200: "The stream; ids are positions of the log"},
)
