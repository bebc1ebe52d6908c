"""A page of a list of content, as it was asked for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from l1.errors import Refused
from l1.projections import content
from l1.projections.content import Content
from l1.web import paging
from l1.web.asked import Asked
from l1.web.content_page import is_awaited, preview
from l1.web.presenting import contents_out
from l1.web.schemas import ContentOut

KINDS = ("video", "audio", "image", "text", "data")
_MEDIA = ("video", "audio", "image")
_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of a list."""

    items: list[Content]
    out: list[ContentOut]
    next: str | None

    @property
    def cards(self) -> list[tuple[ContentOut, str]]:
        """Pair each with how a browser shows it."""
        return list(zip(self.out, map(preview, self.items), strict=True))

    @property
    def mark(self) -> str:
        """Tell this page from any other."""
        parts = (self.next or "", *(item.model_dump_json() for item in self.out))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


async def look(asked: Asked, *, all_kinds: bool) -> Shown:
    """Gather what the query asks for; `Refused` for a kind that there is not."""
    kind = asked.query("type") or None
    if kind not in (None, *KINDS):
        raise Refused(f"?type= is one of {', '.join(KINDS)}", code="bad_query")
    kinds = (kind,) if kind else None if all_kinds else _MEDIA
    items, end = await _page(asked, kinds)
    out = await contents_out(asked.services, items)
    return Shown(items=items, out=out, next=paging.next_url(asked, end))


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
