"""What is known about content from its bytes alone."""

from dataclasses import dataclass

from l1.content.cid import Cid, ContentHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Both names of one piece of content, and its size in bytes."""

    cid: Cid
    content_hash: ContentHash
    size: int
