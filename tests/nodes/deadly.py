"""Effects that take their worker with them."""

import os
import signal
from pathlib import Path

from l1.effects.effect import Effect, Job
from tests.nodes.small import enter, give, node


def _poison(job: Job) -> None:
    """Kill the worker, until the file is there."""
    enter(job)
    if not Path(job.params.path).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    give(job)


POISON = Effect(node=node("poison"), render=_poison)
