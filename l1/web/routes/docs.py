"""The interface describes itself."""

from starlette.responses import Response

from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.openapi import document, groups
from l1.web.problems import KINDS


async def _openapi(asked: Asked) -> Response:
    return asked.json(document(asked.web.endpoints, asked.web.public_url))


async def _docs(asked: Asked) -> Response:
    return asked.page("docs.html", groups=groups(asked.web.endpoints), kinds=KINDS)


OPENAPI = Endpoint(
    method="GET",
    path="/openapi.json",
    handler=_openapi,
    summary="The interface, in OpenAPI 3.1",
    public=True,
    answers={200: "The document"},
)
DOCS = Endpoint(
    method="GET",
    path="/docs",
    handler=_docs,
    summary="The interface, for people",
    public=True,
    gives=("text/html",),
    answers={200: "The page"},
)
