"""Effects that do next to nothing, and note that they did."""

import os
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused, Unavailable

ANY = frozenset({"video", "image", "audio", "text", "data"})


class Work(Params):
    """`n` tells steps apart; `ledger` is a file that gets a line for each execution."""

    n: int = 0
    ledger: str = ""
    path: str = ""
    times: int = 0
    seconds: Annotated[Decimal, fraction("How long")] = Decimal(0)


def node(name: str, runs: str = "worker", queue: str = "cpu", timeout_s: int = 60) -> Node:
    return Node(
        name=name, version=1, summary="for tests", params=Work, accepts=(ANY,), many=True, fewest=0,
        gives="data", runs=runs, queue=queue, timeout_s=timeout_s,
    )  # fmt: skip


def enter(job: Job) -> None:
    """Write a line of the ledger; a short append to a file is whole."""
    if job.params.ledger:
        line = f"{job.params.n} {os.getpid()}\n".encode()
        ledger = os.open(job.params.ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(ledger, line)
        finally:
            os.close(ledger)


def give(job: Job) -> None:
    """Make an output that depends on the inputs and parameters."""
    seen = "".join(source.path.name[-8:] for source in job.sources)
    job.output.write_text(f"{job.params.n} {seen}\n")


def _noop(job: Job) -> None:
    enter(job)
    time.sleep(float(job.params.seconds))
    give(job)


def _chatty(job: Job) -> None:
    enter(job)
    job.note("the first line")
    job.note("the second line")
    give(job)


def _tick(job: Job) -> None:
    """Move for so long, telling so."""
    until = time.monotonic() + float(job.params.seconds)
    total = max(1, int(float(job.params.seconds) * 20))
    done = 0
    while time.monotonic() < until:
        done = min(total, done + 1)
        job.progress(done, total)
        time.sleep(0.05)
    job.progress(total, total)
    job.note("ticked")
    give(job)


def _gate(job: Job) -> None:
    """Say by a file that it runs, and wait for another that lets it end."""
    enter(job)
    Path(job.params.path + ".started").touch()
    give_up = time.monotonic() + 60
    while not Path(job.params.path).exists() and time.monotonic() < give_up:
        time.sleep(0.01)
    give(job)


def _flaky(job: Job) -> None:
    """Work at the attempt number `times` and later."""
    enter(job)
    job.note(f"attempt in {os.getpid()}")
    attempts = len(Path(job.params.ledger).read_text().splitlines())
    if attempts < job.params.times:
        raise Unavailable(f"attempt {attempts} does not work", code="flaky")
    give(job)


def _refuse(job: Job) -> None:
    enter(job)
    job.note("this is why")
    raise Refused("this input cannot be taken; give another", code="odd_input")


def _unless(job: Job) -> None:
    """Refuse for as long as the file is not there."""
    enter(job)
    if not Path(job.params.path).exists():
        raise Refused("there is no such file yet", code="no_file")
    give(job)


NOOP = Effect(node=node("noop"), render=_noop)
NOOP_IO = Effect(node=node("noop_io", queue="io"), render=_noop)
HASTY = Effect(node=node("hasty", timeout_s=1), render=_gate)
CHATTY = Effect(node=node("chatty"), render=_chatty)
TICK = Effect(node=node("tick", runs="child"), render=_tick)
GATE = Effect(node=node("gate"), render=_gate)
FLAKY = Effect(node=node("flaky"), render=_flaky)
REFUSER = Effect(node=node("refuser"), render=_refuse)
UNLESS = Effect(node=node("unless"), render=_unless)
