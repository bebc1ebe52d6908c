"""Lists of content: everything there is, and the gallery of what can be looked at or heard."""

from collections.abc import Sequence

from starlette.responses import Response

from l1.errors import Refused
from l1.projections import content
from l1.projections.content import Content
from l1.web import paging
from l1.web.asked import Asked
from l1.web.content_page import is_awaited, preview
from l1.web.endpoint import Endpoint
from l1.web.presenting import contents_out
from l1.web.schemas import ContentList

_KINDS = ("video", "audio", "image", "text", "data")
_MEDIA = ("video", "audio", "image")
_PAGES = 20


async def _list(asked: Asked) -> Response:
    return await _answer(asked, all_kinds=True)


async def _gallery(asked: Asked) -> Response:
    return await _answer(asked, all_kinds=False)


async def _answer(asked: Asked, *, all_kinds: bool) -> Response:
    kind = asked.query("type") or None
    if kind not in (None, *_KINDS):
        raise Refused(f"?type= is one of {', '.join(_KINDS)}", code="bad_query")
    kinds = (kind,) if kind else None if all_kinds else _MEDIA
    items, end = await _page(asked, kinds)
    url = paging.next_url(asked, end)
    out = await contents_out(asked.services, items)
    if asked.wants_html:
        views = [preview(item) for item in items]
        cards = list(zip(out, views, strict=True))
        return asked.page("media.html", cards=cards, next=url, kind=kind, kinds=_KINDS)
    total = await content.total(asked.services.views)
    return asked.json(ContentList(items=out, total=total, next=url), headers=paging.link(url))


async def _page(asked: Asked, kinds: Sequence[str] | None) -> tuple[list[Content], int | None]:
    """Gather a page, and where the next one begins; plans and records are looked past."""
    wanted, before = paging.limit(asked), paging.before(asked)
    found: list[Content] = []
    alone = kinds[0] if kinds and len(kinds) == 1 else None
    for _ in range(_PAGES):
        rows = await content.page(
            asked.services.views, limit=paging.MOST, before=before, kind=alone
        )
        for row in rows:
            if kinds is None or row.kind in kinds or (alone is None and is_awaited(row)):
                found.append(row)
                if len(found) == wanted:
                    return found, row.stored_at
            before = row.stored_at
        if len(rows) < paging.MOST:
            return found, None
    return found, before


_QUERY = {**paging.QUERY, "type": f"Only one kind: {', '.join(_KINDS)}"}
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
