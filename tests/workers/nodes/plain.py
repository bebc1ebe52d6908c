"""Effects and analyses that do something small and honest."""

import sys

from l1.analyses.analysis import Analysis
from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job
from l1.errors import Refused, Unavailable


class Text(Params):
    text: str = ""
    times: int = 1


def node(name):
    return Node(name=name, version=1, summary="for tests", params=Text, accepts=(), many=True)


def _write(job: Job) -> None:
    for source in job.sources:
        job.note(f"{source.path.name} is {source.info.kind}")
    job.output.write_text(job.params.text * job.params.times)
    job.progress(1, 1)


def _refuse(job: Job) -> None:
    raise Refused("This cannot be rendered; give another.", code="odd_input", wanted=["a", "b"])


def _unavailable(job: Job) -> None:
    raise Unavailable("A font is not installed; install it.", code="no_font")


def _chatter(job: Job) -> None:
    for number in range(job.params.times):
        job.progress(number, job.params.times)
        job.note(f"note {number}")
    print("printed by Python")
    print("x" * 100_000, file=sys.stderr)
    print("the end", file=sys.stderr)
    job.output.write_text("")


def _forgetful(job: Job) -> None:
    pass


WRITE = Effect(node=node("write"), render=_write)
REFUSE = Effect(node=node("refuse"), render=_refuse)
UNAVAILABLE = Effect(node=node("unavailable"), render=_unavailable)
CHATTER = Effect(node=node("chatter"), render=_chatter)
FORGETFUL = Effect(node=node("forgetful"), render=_forgetful)
SIZE = Analysis(
    name="size",
    version=1,
    summary="for tests",
    analyse=lambda path, _params, _heard: {"bytes": path.stat().st_size},
)
WORDS = Analysis(
    name="words",
    version=1,
    summary="for tests",
    analyse=lambda path, _params, _heard: path.read_text().split(),
)
