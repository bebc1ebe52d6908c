"""What a job is: how one kind of execution is done. Each has a file in `jobs`."""

import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from l1.actions.finish_step import Attempt
from l1.actions.services import Caller, Services
from l1.content.identity import Identity
from l1.effects.effect import Effect
from l1.errors import Failure
from l1.work.leases import Claimed
from l1.workers.children import Children, Limits
from l1.workers.threads import Threads

Record = Callable[[], Awaitable[None]]
"""Records a result that is durable already."""
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a worker works with.

    `engine` names the software that makes bytes, as one hash; `tools` lists it. `tell(key, done,
    total)` passes progress on to whoever watches. `limits` are those of a step, `probe_limits`
    those of a first look at content.
    """

    services: Services
    caller: Caller
    children: Children
    threads: Threads
    effects: Mapping[str, Effect]
    scratch: Path
    engine: str
    tools: Mapping[str, str]
    limits: Limits
    probe_limits: Limits
    tell: Tell
    failpoint: str = ""

    def limits_of(self, effect: Effect) -> Limits:
        """Give what one step may use up: a shorter time that its node names counts."""
        timeout_s = min(effect.node.timeout_s, self.limits.timeout_s)
        return msgspec.structs.replace(self.limits, timeout_s=timeout_s)

    def die_at(self, point: str) -> None:
        """End this process here and now, if a failure test asked for it."""
        if self.failpoint == point:
            os.kill(os.getpid(), signal.SIGKILL)


class Failed(Exception):
    """An attempt failed, and this is what it had to say."""

    def __init__(self, cause: Failure, log: Identity | None) -> None:
        super().__init__(cause.message)
        self.cause = cause
        self.log = log


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How one kind of execution is done.

    `do` ends it by an action, or answers how to: what has a slot of its own is done by then. It
    raises `Refused`, which is final, or `Unavailable`, which is tried again, up to the cap when
    there is one. `Failed` is either, with a log.
    """

    kind: str
    do: Callable[[Desk, Claimed, Attempt], Awaitable[Record | None]]
    capped: bool = True
