"""Facts about recipes."""

from typing import ClassVar

from l1.content.cid import Cid
from l1.events.event import Event, Sealed


class RecipeAdded(Event, frozen=True, kw_only=True):
    """A recipe is kept under its name: `cid` names its text, which is content.

    The newest recipe of a name is the one that the name means.
    """

    kind: ClassVar[str] = "recipe.added"
    cid: Cid
    name: str
    version: str
    steps: int
    owner: str
    description: Sealed = Sealed("")

    def stream(self) -> str:
        return f"recipe-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)


class RecipeRemoved(Event, frozen=True, kw_only=True):
    """A recipe is kept no longer."""

    kind: ClassVar[str] = "recipe.removed"
    cid: Cid

    def stream(self) -> str:
        return f"recipe-{self.cid}"

    def tags(self) -> tuple[str, ...]:
        return (f"cid:{self.cid}",)
