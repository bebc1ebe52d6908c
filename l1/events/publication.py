"""Facts about publishing. While one stands, what it names cannot be deleted."""

from typing import ClassVar

from l1.content.cid import Cid
from l1.events.event import Event


class PublicationRequested(Event, frozen=True, kw_only=True):
    """Somebody asked for content to be published."""

    kind: ClassVar[str] = "publication.requested"
    cid: Cid
    activity_id: str
    l2_url: str = ""

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}", f"activity:{self.activity_id}")


class PublicationAccepted(Event, frozen=True, kw_only=True):
    """The registry took it."""

    kind: ClassVar[str] = "publication.accepted"
    cid: Cid
    activity_id: str

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}", f"activity:{self.activity_id}")


class PublicationRejected(Event, frozen=True, kw_only=True):
    """The registry would not have it: it is not published."""

    kind: ClassVar[str] = "publication.rejected"
    cid: Cid
    activity_id: str
    reason: str

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}", f"activity:{self.activity_id}")


class PublicationWithdrawn(Event, frozen=True, kw_only=True):
    """It was published and is no more."""

    kind: ClassVar[str] = "publication.withdrawn"
    cid: Cid
    activity_id: str

    def stream(self) -> str:
        return f"content-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}", f"activity:{self.activity_id}")
