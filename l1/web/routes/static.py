"""The stylesheet, the icon and a few lines of script."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response

from l1.errors import NotFound
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint

_FOLDER = Path(__file__).parent.parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def _static(asked: Asked) -> Response:
    name = asked.path["name"]
    if name not in _files():
        raise NotFound(f"there is no file {name[:80]!r} among the static ones")
    data, tag = _files()[name]
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if asked.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=_TYPES[Path(name).suffix])


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Read them once; each with its tag."""
    found = {}
    for file in sorted(_FOLDER.iterdir()):
        if file.suffix in _TYPES:
            data = file.read_bytes()
            found[file.name] = (data, f'"{hashlib.sha256(data).hexdigest()[:32]}"')
    return found


STATIC = Endpoint(
    method="GET",
    path="/static/{name}",
    handler=_static,
    summary="A file that pages need",
    public=True,
    gives=tuple(_TYPES.values()),
    answers={200: "The file", 304: "Not changed"},
)
