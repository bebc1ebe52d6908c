"""Files of this machine come in."""

from starlette.responses import Response

from l1.actions.contents import resolve
from l1.actions.import_content import import_content
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.presenting import content_out
from l1.web.schemas import Accepted, ContentOut


async def _import(asked: Asked) -> Response:
    services = asked.services
    identity, appended = await import_content(
        services, asked.by, asked.query("path"), roots=asked.web.import_folders
    )
    url = f"/cache/{identity.cid}"
    if not await services.views.wait_for("content", appended.last):
        return asked.json(Accepted(position=appended.last, url=url), 202, {"Location": url})
    out = await content_out(services, await resolve(services, identity.cid))
    return asked.json(out, 201, {"Location": url})


IMPORT = Endpoint(
    method="POST",
    path="/cache/import",
    handler=_import,
    summary="Take in a file of the server's machine, from a folder in ARTDAG_IMPORT_ROOTS",
    query={"path": "The absolute path of the file"},
    answers={201: ContentOut, 202: Accepted},
)
