"""Facts about the node itself."""

from typing import ClassVar

from l1.events.event import Event


class ProjectionActivated(Event, frozen=True, kw_only=True):
    """A rebuilt view took the place of the one that served before."""

    kind: ClassVar[str] = "projection.activated"
    name: str
    version: int
    folded_to: int

    def stream(self) -> str:
        return f"system-projection.{self.name}"


class ActorErased(Event, frozen=True, kw_only=True):
    """A person's key is gone, and with it their text in every fact."""

    kind: ClassVar[str] = "actor.erased"
    subject: str

    def stream(self) -> str:
        return f"actor-{self.subject}"

    def tags(self) -> tuple[str, ...]:
        return (f"actor:{self.subject}",)
