"""Nodes that write their number and nothing else, in the worker and in a sandboxed child."""

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job


class NoopParams(Params, frozen=True, kw_only=True):
    """`number` and `salt` make each step's key, and its output, its own."""

    number: int = 0
    salt: str = ""


def _render(job: Job) -> None:
    job.output.write_text(f"{job.params.salt} {job.params.number}\n")


NOOP = Effect(
    node=Node(
        name="noop",
        version=1,
        summary="Does nothing, in the worker",
        params=NoopParams,
        accepts=(frozenset({"video", "audio", "image", "text", "data"}),),
        many=True,
        fewest=0,
        gives="data",
        queue="io",
        runs="worker",
    ),
    render=_render,
)
NOOP_CHILD = Effect(
    node=Node(
        name="noop_child",
        version=1,
        summary="Does nothing, in a child",
        params=NoopParams,
        accepts=(frozenset({"video", "audio", "image", "text", "data"}),),
        many=True,
        fewest=0,
        gives="data",
        queue="io",
    ),
    render=_render,
)
