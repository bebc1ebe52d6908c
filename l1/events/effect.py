"""Facts about effects by others."""

from typing import ClassVar

from l1.content.cid import Cid
from l1.events.event import Event, Sealed


class EffectAdded(Event, frozen=True, kw_only=True):
    """An effect may be run here: `cid` names its file, which is content.

    `name` and `version` are what the file calls itself; recipes name it by its content.
    """

    kind: ClassVar[str] = "effect.added"
    cid: Cid
    name: str
    version: str
    owner: str
    author: Sealed = Sealed("")
    description: Sealed = Sealed("")

    def stream(self) -> str:
        return f"effect-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)


class EffectRemoved(Event, frozen=True, kw_only=True):
    """An effect may be run here no longer."""

    kind: ClassVar[str] = "effect.removed"
    cid: Cid

    def stream(self) -> str:
        return f"effect-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)
