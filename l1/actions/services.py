"""What every action works with, built once by `compose`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from l1.assets.asset import Asset
from l1.content.cid import Cid
from l1.dag.node import Node
from l1.dag.recipe import Recipe
from l1.events.codec import Codec
from l1.events.event import Meta
from l1.log.append import Appender
from l1.log.read import Reader
from l1.log.roots import Roots
from l1.log.wakeups import Wakeups
from l1.projections.views import Views
from l1.secrets.keyring import Keyring
from l1.storage.content_store import ContentStore
from l1.work.table import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this node is, as provenance tells it."""

    owner: str
    host: str
    public_url: str
    hardware: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A recipe that comes with the software, its text, and the name of the text as content."""

    name: str
    cid: Cid
    text: bytes
    recipe: Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The open connections and the catalogue. Passed as the first argument of every action.

    `foreign` tells whether effects by others may run: they are turned off, or the sandbox is weak.

    `assets()` looks for them when it is first asked: drawing loads what few need.
    """

    log: Appender
    reader: Reader
    roots: Roots
    codec: Codec
    views: Views
    wakeups: Wakeups
    work: Work
    store: ContentStore
    keyring: Keyring
    nodes: Mapping[str, Node]
    recipes: Mapping[str, Shipped]
    assets: Callable[[], Mapping[str, Asset]]
    identity: Identity
    profile: str
    cluster_key: str
    upload_limit: int
    foreign: Literal["on", "off", "weak"] = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and by which door (ui, api, cli, worker)."""

    name: str
    origin: str

    def meta(self, correlation: str = "", causation: str = "") -> Meta:
        """Sign facts with this caller."""
        return Meta(
            actor=self.name, origin=self.origin, correlation=correlation, causation=causation
        )
