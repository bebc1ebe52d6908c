"""Steps that follow each other and are rendered in one pass: what begins, and looks upon it.

Nothing is encoded between them. That is what such a recipe means, whichever of its steps have been
rendered by themselves before: a result never depends on what happened to be in the cache.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

from l1.content.curve import Curve
from l1.dag.following import described, params_at
from l1.effects.effect import Effect, Job, Look, Source
from l1.errors import Refused
from l1.media.film import Change, Film, Needs, Stage, seen_through, write_film
from l1.media.pictures import Picture
from l1.media.probing import probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step of a chain. `sources` are those that are its own, not what comes before it."""

    effect: Effect
    params: Any
    sources: tuple[Source, ...]
    curves: Mapping[str, Curve] = field(default_factory=dict)


@contextmanager
def film_of_chain(links: Sequence[Link], job: Job) -> Iterator[Film | None]:
    """Open a chain as a film; None where what it begins with is none."""
    head, *looks = links
    if head.effect.film is None:
        yield None
        return
    with head.effect.film(replace(_job_of(head, job), has_looks=bool(looks))) as film:
        yield film and reduce(seen, looks, film)


def render_chain(links: Sequence[Link], job: Job) -> None:
    """Render a chain in one go into `job.output`."""
    with film_of_chain(links, job) as film:
        if film is not None:
            write_film(job.output, film, job.progress)
            return
    _one_by_one(links, job)


def seen(film: Film, link: Link) -> Film:
    """Show a film through a look."""
    look = link.effect.look
    assert look is not None  # only looks follow
    node, touches = link.effect.node, link.effect.touches
    stage = Stage(width=0, height=0, rate=film.rate, frames=film.frames)

    def needs(first: int, stop: int) -> Needs:
        if touches is not None and not link.curves and not touches(link.params, stage, first, stop):
            return None
        return {
            "node": node.name,
            "version": node.version,
            "params": described(link.params, link.curves, range(first, stop), film.rate),
            "beside": [source.cid for source in link.sources],
        }

    def change(stage: Stage) -> Change:
        beside = tuple(source.path for source in link.sources)
        return changing(look, link.params, link.curves, replace(stage, beside=beside))

    return seen_through(film, change, needs)


def changing(look: Look, params: Any, curves: Mapping[str, Curve], stage: Stage) -> Change:
    """Make the change of a look whose parameters may follow curves."""
    if not curves:
        return look(params, stage)
    known: tuple[Any, Change] | None = None

    def change(picture: Picture, number: int) -> Picture:
        nonlocal known
        now = params_at(params, curves, number, stage.rate)
        if known is None or known[0] != now:
            known = now, look(now, stage)
        return known[1](picture, number)

    return change


def _one_by_one(links: Sequence[Link], job: Job) -> None:
    """Render each link from the file of the one before: stills, which lose nothing by it."""
    before: tuple[Source, ...] = ()
    for index, link in enumerate(links):
        is_last = index == len(links) - 1
        output = job.output if is_last else job.output.with_name(f"{job.output.name}.{index}")
        link.effect.render(_job_of(link, job, before, output))
        for source in before:
            source.path.unlink()
        if not is_last:
            before = (_made(output, link),)


def _made(output: Path, link: Link) -> Source:
    info = probe(output)
    if info.problem:
        raise Refused(f"{link.effect.node.name} made something unusable: {info.problem}")
    return Source(path=output, info=info)


def _job_of(
    link: Link, job: Job, before: tuple[Source, ...] = (), output: Path | None = None
) -> Job:
    return Job(
        sources=(*before, *link.sources),
        params=link.params,
        output=output or job.output,
        progress=job.progress,
        note=job.note,
        curves=link.curves,
    )
