"""Content: its bytes, what is known about it, its end."""

import asyncio

from starlette.responses import Response

from l1.actions.contents import resolve
from l1.actions.delete_content import delete_content
from l1.actions.export_schedule import export_schedule
from l1.actions.open_content import open_content
from l1.content.cid import parse_identifier
from l1.projections.content import Content
from l1.web import content_page
from l1.web.asked import Asked
from l1.web.blob import blob
from l1.web.endpoint import Endpoint
from l1.web.presenting import content_out
from l1.web.schemas import ContentOut, Done

BYTES = ("application/octet-stream",)


async def _find(asked: Asked) -> Content:
    return await resolve(asked.services, parse_identifier(asked.path["id"]).text)


async def _show(asked: Asked) -> Response:
    return await (content_page.page(asked, await _find(asked)) if asked.wants_html else _raw(asked))


async def _raw(asked: Asked) -> Response:
    item = await _find(asked)
    path = await open_content(asked.services, asked.by, item.cid)
    return await asyncio.to_thread(blob, asked.request, item, path)


async def _meta(asked: Asked) -> Response:
    return asked.json(await content_out(asked.services, await _find(asked)))


async def _otio(asked: Asked) -> Response:
    item = await _find(asked)
    listed = await export_schedule(asked.services, item)
    headers = {"Content-Disposition": f'attachment; filename="{item.cid}.otio"'}
    return Response(listed, headers=headers, media_type="application/json")


async def _delete(asked: Asked) -> Response:
    identifier = parse_identifier(asked.path["id"]).text
    appended = await delete_content(asked.services, asked.by, identifier)
    await asked.services.views.wait_for("content", appended.last)
    return (
        asked.see_other("/media") if asked.wants_html else asked.json(Done(position=appended.last))
    )


SHOW = Endpoint(
    method="GET",
    path="/cache/{id}",
    handler=_show,
    summary="Content: a page for browsers, else its bytes (CID or content hash; ranges)",
    gives=(*BYTES, "text/html"),
    answers={200: "The bytes", 206: "A range of them", 304: "Not changed; it never does"},
)
RAW = Endpoint(
    method="GET",
    path="/cache/{id}/raw",
    handler=_raw,
    summary="The bytes of content",
    gives=BYTES,
    answers={200: "The bytes", 206: "A range of them", 304: "Not changed; it never does"},
)
_PLAYED = {
    "mp4": "The header of a track of a stream",
    "m4s": "A piece of a track of a stream",
    "m3u8": "A playlist of a stream",
}
HEADER, SEGMENT, PLAYLIST = (
    Endpoint(
        method="GET",
        path=f"/cache/{{id}}/raw.{suffix}",
        handler=_raw,
        summary=f"{about}, by an address that players know",
        gives=BYTES,
        answers={200: "The bytes", 206: "A range of them", 304: "Not changed; it never does"},
    )
    for suffix, about in _PLAYED.items()
)
OTIO = Endpoint(
    method="GET",
    path="/cache/{id}/otio",
    handler=_otio,
    summary="How a film follows the beat, or what a schedule says, as an OpenTimelineIO edit list",
    answers={200: "A timeline for editing programs"},
)
META = Endpoint(
    method="GET",
    path="/cache/{id}/meta",
    handler=_meta,
    summary="What is known about content",
    answers={200: ContentOut},
)
DELETE = Endpoint(
    method="DELETE",
    path="/cache/{id}",
    handler=_delete,
    summary="Delete content that nothing needs; 409 says what does",
    answers={200: Done},
)
DELETE_FORM = Endpoint(
    method="POST",
    path="/cache/{id}/delete",
    handler=_delete,
    summary="Delete content, from a page",
    gives=("application/json", "text/html"),
    answers={200: Done, 303: "For browsers: the gallery"},
)
