"""Content as an answer: whole or in ranges, cacheable for ever, harmless in a browser."""

import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from l1.actions.titles import file_name
from l1.projections.content import Content

INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "video/", "audio/")
"""What a browser may show; anything else is an attachment."""

_RANGE_LENGTH = 4096
# Whatever the bytes are, they run no script and are nobody's page.
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


_RANGES = re.compile(r"bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*", re.ASCII)


class BlobResponse(FileResponse):
    """A file of the store. Ranges and If-Range are Starlette's; odd ones are ignored (RFC 9110)."""

    chunk_size = 256 * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        asked = Headers(scope=scope).get("range")
        if asked is not None and not _is_sound(asked):
            kept = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "headers": kept}
        await super().__call__(scope, receive, send)


def blob(request: Request, item: Content, path: Path) -> Response:
    """Answer with content, or with 304 when the client has it: the CID is the strong tag."""
    headers = _headers(item)
    if _has_it(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return BlobResponse(
        path,
        headers=headers,
        media_type=item.media_type or "application/octet-stream",
        stat_result=path.stat(),
    )


def _is_sound(asked: str) -> bool:
    """Tell whether a Range header is one that can be followed."""
    if not _RANGES.fullmatch(asked) or len(asked) > _RANGE_LENGTH:
        return False
    ends = [part.strip().split("-") for part in asked.partition("=")[2].split(",")]
    return all(not first or not last or int(first) <= int(last) for first, last in ends)


def _headers(item: Content) -> dict[str, str]:
    media_type = item.media_type or ""
    way = "inline" if media_type.startswith(INLINE) else "attachment"
    # Before the probe its type is not known, and must not be kept.
    cache = "private, max-age=31536000, immutable" if item.info else "private, no-cache"
    return {
        "ETag": f'"{item.cid}"',
        "Cache-Control": cache,
        "Vary": "Accept",
        "Content-Disposition": f'{way}; filename="{file_name(item)}"',
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
    }


def _has_it(if_none_match: str, tag: str) -> bool:
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in known or tag in known
