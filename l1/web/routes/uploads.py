"""Content comes in."""

from starlette.responses import Response

from l1.actions.store_content import store_content
from l1.content.cid import Cid, is_cid
from l1.content.identity import Identity
from l1.errors import Refused
from l1.web.asked import Asked
from l1.web.bodies import check_length
from l1.web.endpoint import Endpoint
from l1.web.schemas import Accepted, UploadOut
from l1.web.uploads import Sent, receive_file

_FORM_AROUND = 64 * 1024


async def _upload(asked: Asked) -> Response:
    services = asked.services
    check_length(asked.request, services.upload_limit + _FORM_AROUND)
    expected = _expected(asked)
    # Taken before the first byte: see `store_content`.
    since = await services.reader.head()
    async with services.store.receive(limit=services.upload_limit, expected=expected) as receiving:
        sent = await receive_file(asked.request, receiving)
        identity = await receiving.commit()
        existing = receiving.was_there
    appended = await store_content(
        services, asked.by, identity, source="upload", since=since, name=sent.name
    )
    seen = await services.views.wait_for("content", appended.last)
    url = f"/cache/{identity.cid}"
    if asked.wants_html:
        return asked.see_other(url)
    if not seen:
        return asked.json(Accepted(position=appended.last, url=url), 202, {"Location": url})
    out = _out(identity, sent, existing=existing, position=appended.last)
    return asked.json(out, 201, {"Location": url})


def _expected(asked: Asked) -> Cid | None:
    """Read which CID the sender says that the bytes have."""
    text = asked.query("cid")
    if text and not is_cid(text):
        raise Refused(f"?cid={text[:80]} is not a CIDv1 in base32", code="bad_identifier")
    return Cid(text) if text else None


def _out(identity: Identity, sent: Sent, *, existing: bool, position: int) -> UploadOut:
    return UploadOut(
        cid=identity.cid,
        content_hash=identity.content_hash,
        size=identity.size,
        name=sent.name,
        existing=existing,
        position=position,
        url=f"/cache/{identity.cid}",
    )


UPLOAD = Endpoint(
    method="POST",
    path="/cache/upload",
    handler=_upload,
    summary="Upload a file: as a form's `file`, or as the body itself",
    body=("multipart/form-data", "application/octet-stream"),
    query={
        "name": "A name for the file, where the body is the file",
        "cid": "The CID that the bytes must have; else nothing is kept",
    },
    gives=("application/json", "text/html"),
    answers={201: UploadOut, 202: Accepted, 303: "For browsers: the page of the content"},
)
