"""Waits until a server that was just started answers, or says why it does not."""

import time
from collections.abc import Callable
from pathlib import Path

from l1.embedded.child import Child
from l1.errors import Unavailable

MOST_DEATHS = 5


def wait_until_ready(
    child: Child, answers: Callable[[], bool], *, timeout: float, log: Path
) -> None:
    """Return when the server answers; stop it and raise Unavailable when it will not.

    It may die a few times before: an older server of the same data can still be on its way out.
    """
    deadline = time.monotonic() + timeout
    while not (child.pid is not None and answers()):
        if child.deaths >= MOST_DEATHS or time.monotonic() > deadline:
            child.stop()
            raise Unavailable(
                f"{child.program.name} did not start: {child.failure or _last_lines(log)}"
            )
        time.sleep(0.01)


def _last_lines(log: Path, *, count: int = 5) -> str:
    if not log.exists():
        return "it wrote no log"
    return " / ".join(log.read_text(errors="replace").splitlines()[-count:])
