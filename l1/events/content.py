"""Facts about content."""

from typing import ClassVar

from l1.content.cid import Cid, ContentHash
from l1.content.media_info import MediaInfo
from l1.events.event import Event, Sealed


class ContentStored(Event, frozen=True, kw_only=True):
    """Bytes came to rest in the store, durable before this is said.

    `source` is one of upload, import, asset, plan, recipe, provenance, log. `probe` is the key of
    the execution that will look into them; empty where nothing needs to.
    """

    kind: ClassVar[str] = "content.stored"
    cid: Cid
    content_hash: ContentHash
    size: int
    source: str
    owner: str
    media_type: str = ""
    name: Sealed = Sealed("")
    probe: str | None = None

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)


class ContentProbed(Event, frozen=True, kw_only=True):
    """The probe looked into content; `key` is its execution."""

    kind: ClassVar[str] = "content.probed"
    cid: Cid
    key: str
    info: MediaInfo

    def stream(self) -> str:
        return f"content-{self.cid}"


class ContentCorrupted(Event, frozen=True, kw_only=True):
    """The bytes of content are not what they were, or not here: `found` is missing or damaged."""

    kind: ClassVar[str] = "content.corrupted"
    cid: Cid
    found: str

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)


class ContentDeleted(Event, frozen=True, kw_only=True):
    """Content is gone: somebody deleted it, a discarded run let go of it, or bytes that no fact
    spoke for were swept away.
    """  # noqa: D205

    kind: ClassVar[str] = "content.deleted"
    cid: Cid
    reason: str

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)


class ContentVerified(Event, frozen=True, kw_only=True):
    """Content was rendered again, by the run `run_id`, which gave `found`.

    `outcome` is `same` for the same bytes, `alike` where only every decoded picture and sample is,
    `sampled` where some segments are those that are kept of it, and `different`; `differs` then
    says where. `engine` is the fingerprint of what rendered it.
    """

    kind: ClassVar[str] = "content.verified"
    cid: Cid
    run_id: str
    outcome: str
    found: Cid
    engine: str = ""
    differs: tuple[str, ...] = ()

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}", f"run:{self.run_id}")
