"""What every request is answered with, built once by `compose`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from l1.access.hosts import Hosts
from l1.access.sessions import Sessions
from l1.actions.services import Services
from l1.web.endpoint import Endpoint
from l1.web.live import Live
from l1.web.metrics import Metrics
from l1.web.pages import Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How callers are known: the owner, their token, their browsers' sessions, our names."""

    owner: str
    token: str = field(repr=False)
    sessions: Sessions
    hosts: Hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What readiness is asked of: Redis, the disk under `folder`, these views."""

    ping_redis: Callable[[], Awaitable[object]]
    folder: Path
    views: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The services, and what is the web's own.

    `public_url` is the address that others use, `import_folders` are those from which files may be
    taken in; `outages` are the exceptions by which libraries
    say that the database or the network is away.
    """

    services: Services
    access: Access
    pages: Pages
    live: Live
    metrics: Metrics
    health: Health
    endpoints: Sequence[Endpoint]
    public_url: str
    import_folders: Sequence[Path]
    outages: tuple[type[Exception], ...]
