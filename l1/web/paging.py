"""Pages of lists: an opaque cursor that stays right while things are added."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode

from l1.errors import Refused
from l1.web.asked import Asked

LIMIT = 50
_OF_STREAMS = ("page", "view", "have")
"""What a list's address does not need: a stream names the pages of the list that it follows."""
MOST = 200
QUERY: Mapping[str, str] = {
    "limit": f"How many, up to {MOST}; {LIMIT} if not given",
    "after": "The cursor from the `next` of the page before",
}


def limit(asked: Asked) -> int:
    """Tell how many are asked for."""
    return asked.number("limit", LIMIT, most=MOST)


def before(asked: Asked) -> int | None:
    """Read the cursor: the position before which the page begins."""
    cursor = asked.query("after")
    if not cursor:
        return None
    try:
        position = int(base64.urlsafe_b64decode(cursor[:64] + "=="))
    except (ValueError, binascii.Error):
        position = 0
    if not 0 < position < 2**62:
        raise Refused("the cursor `after` is not one of ours", code="bad_query")
    return position


def next_url(asked: Asked, position: int | None) -> str | None:
    """Write the address of the page that begins before `position`."""
    if position is None:
        return None
    cursor = base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")
    query = {**asked.request.query_params, "after": cursor}
    for name in _OF_STREAMS:
        query.pop(name, None)
    return f"{asked.request.url.path.removesuffix('/events')}?{urlencode(query)}"


def link(url: str | None) -> dict[str, str]:
    """Write the Link header."""
    return {"Link": f'<{url}>; rel="next"'} if url else {}
