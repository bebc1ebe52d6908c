"""IDENTITY: hands its input on, byte for byte."""

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job

_CHUNK = 4 * 1024 * 1024


class IdentityParams(Params, frozen=True, kw_only=True):
    """None."""


def _render(job: Job) -> None:
    source = job.sources[0].path
    total, done = source.stat().st_size, 0
    with source.open("rb") as read, job.output.open("wb") as write:
        while chunk := read.read(_CHUNK):
            write.write(chunk)
            done += len(chunk)
            job.progress(done, max(total, done))


IDENTITY = Effect(
    node=Node(
        name="identity",
        version=1,
        summary="Gives its input back unchanged, byte for byte",
        params=IdentityParams,
        accepts=(frozenset({"video", "audio", "image", "text", "data"}),),
        queue="io",
    ),
    render=_render,
)
