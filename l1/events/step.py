"""Facts about executions. They belong to a cache key, not to a run: many runs may wait for one."""

from typing import ClassVar

from l1.content.cid import Cid, ContentHash
from l1.content.media_info import MediaInfo
from l1.events.event import Event


class StepCompleted(Event, frozen=True, kw_only=True):
    """An execution gave its result.

    `started_us` and `elapsed_us` are the worker's clock, in microseconds. `engine` is the
    fingerprint of the software that made the bytes. `task_id` is the Arq job it ran under.
    """

    kind: ClassVar[str] = "step.completed"
    key: str
    output: Cid
    content_hash: ContentHash
    size: int
    info: MediaInfo
    attempt: int
    worker: str
    task_id: str
    started_us: int
    elapsed_us: int
    cpu_us: int = 0
    engine: str = ""
    log: Cid = Cid("")

    def stream(self) -> str:
        return f"step-{self.key}"


class StepFailed(Event, frozen=True, kw_only=True):
    """An attempt ended without a result; after a final one there is no other."""

    kind: ClassVar[str] = "step.failed"
    key: str
    attempt: int
    worker: str
    code: str
    message: str
    final: bool = False
    log: Cid = Cid("")

    def stream(self) -> str:
        return f"step-{self.key}"


class StepLost(Event, frozen=True, kw_only=True):
    """A worker went silent and its lease ran out; with `final`, the step is quarantined."""

    kind: ClassVar[str] = "step.lost"
    key: str
    worker: str
    losses: int
    final: bool = False

    def stream(self) -> str:
        return f"step-{self.key}"
