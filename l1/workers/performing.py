"""What a child does with a film: render it whole, outline it, make its pieces, join them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from l1.analyses.analysis import Analysis
from l1.content.media_info import MediaInfo
from l1.dag.node import Params
from l1.effects.chain import Link, film_of_chain, render_chain
from l1.effects.effect import Effect, Job, Source
from l1.errors import Refused, Unavailable
from l1.media import segments
from l1.media.encoding import segment_frames
from l1.media.film import Film
from l1.workers.followed import divided
from l1.workers.sandbox import Mode
from l1.workers.task import Outline, Piece, Task, TaskSource

Told = Callable[[Piece], None]

_UNPROBED = MediaInfo(kind="data", media_type="application/octet-stream")
_MICRO = 1_000_000


def perform(
    task: Task,
    effects: Mapping[str, Effect],
    probe: Analysis | None,
    mode: Mode,
    *,
    progress: Callable[[int, int], None],
    note: Callable[[str], None],
    told: Told,
) -> dict[str, Any]:
    """Do a task that is no analysis, and answer what was made."""
    links = _links(task, effects, mode)
    output = Path(task.output)
    job = Job(sources=(), params=None, output=output, progress=progress, note=note)
    if task.kind == "segments":
        return _segments(task, links, job, told)
    if task.kind == "sound":
        return _sound(links, job, told)
    if task.kind == "join":
        _join(task, links, job)
    elif outline := _render(task, links, job):
        return {"outline": msgspec.to_builtins(outline)}
    if not output.is_file():
        raise FileNotFoundError(f"The effect {task.name} returned without writing its output.")
    made: dict[str, Any] = {"bytes": output.stat().st_size}
    if probe is not None:
        made["info"] = probe.analyse(output, probe.params(), lambda _ms: None)
    return made


def known(effects: Mapping[str, Any], kind: str, name: str) -> Any:
    """Find an effect or analysis. Raises `Unavailable` for one that this worker does not know."""
    found = effects.get(name)
    if found is None:
        # Not refused: during an upgrade another worker may know it already.
        message = f"This worker knows no {kind} named {name!r}; update it."
        raise Unavailable(message, code="unknown_name", kind=kind, name=name)
    return found


def parsed(name: str, kind: type[Params], params: dict[str, Any]) -> Params:
    """Read parameters as a node or an analysis declares them. Raises `Refused` if it cannot."""
    try:
        return msgspec.convert(params, kind, strict=False)
    except msgspec.ValidationError as error:
        message = f"{name} cannot take these parameters: {error}"
        raise Refused(message, code="bad_params", node=name) from error


def _links(task: Task, effects: Mapping[str, Effect], mode: Mode) -> list[Link]:
    links = [_link(task.name, effects, mode, task.params, task.sources, task.bound)]
    for look in task.looks:
        # Its first input is what comes before it, and has no file.
        bound = {name: index - 1 for name, index in look.bound.items()}
        links.append(_link(look.name, effects, mode, look.params, look.sources, bound))
    return links


def _link(
    name: str,
    effects: Mapping[str, Effect],
    mode: Mode,
    params: dict[str, Any],
    given: Sequence[TaskSource],
    bound: Mapping[str, int],
) -> Link:
    effect = known(effects, "render", name)
    if effect.strict and mode != "strict":
        message = f"{name} runs only in a full sandbox, and ARTDAG_SANDBOX is weak here"
        raise Refused(message, code="weak_sandbox", node=name)
    sources = [Source(path=Path(s.path), info=s.info or _UNPROBED, cid=s.cid) for s in given]
    own, curves = divided(effect.node, params, sources, bound)
    return Link(
        effect=effect,
        params=parsed(effect.node.name, effect.node.params, params),
        sources=own,
        curves=curves,
    )


def _render(task: Task, links: list[Link], job: Job) -> Outline | None:
    """Render it, or outline it where it is too long for one go."""
    if task.split_over:
        with film_of_chain(links, job) as film:
            if film is not None and segments.segment_count(film) > task.split_over:
                return _outline(film)
    render_chain(links, job)
    return None


def _outline(film: Film) -> Outline:
    count = segments.segment_count(film)
    return Outline(
        frames=film.frames,
        segment_frames=segment_frames(film.rate),
        rate=(film.rate.numerator, film.rate.denominator),
        segments=tuple(segments.segment_needs(film, number) for number in range(count)),
        sound=segments.sound_needs(film),
        sound_is_copied=film.sound is None or film.sound.is_copied,
    )


def _segments(task: Task, links: list[Link], job: Job, told: Told) -> dict[str, Any]:
    with film_of_chain(links, job) as film:
        assert film is not None  # it was outlined
        spans = [segments.segment_span(film, number) for number in task.numbers]
        total, done = sum(stop - first for first, stop in spans), 0
        for number, (first, stop) in zip(task.numbers, spans, strict=True):
            made = segments.render_segment(film, number, _after(done, total, job))
            told(_kept(job.output.parent, number, made))
            done += stop - first
    return {"pieces": len(task.numbers)}


def _after(done: int, total: int, job: Job) -> Callable[[int], None]:
    return lambda frames: job.progress(done + frames, total)


def _sound(links: list[Link], job: Job, told: Told) -> dict[str, Any]:
    number = -1
    with film_of_chain(links, job) as film:
        assert film is not None  # it was outlined
        for number, made in enumerate(segments.render_sound(film)):
            told(_kept(job.output.parent, number, made))
            job.progress(number, number + 1)
    return {"pieces": number + 1}


def _kept(folder: Path, number: int, made: segments.Piece) -> Piece:
    data, header = folder / f"piece-{number}", folder / f"header-{number}"
    data.write_bytes(made.data)
    header.write_bytes(made.header)
    length_us = round(made.seconds * _MICRO)
    return Piece(number=number, data=data.name, header=header.name, length_us=length_us)


def _join(task: Task, links: list[Link], job: Job) -> None:
    total = len(task.pieces)

    def read(number: int) -> bytes:
        job.progress(number, total)
        return Path(task.pieces[number]).read_bytes()

    header = Path(task.heard[0]).read_bytes() if task.heard else b""
    heard = (Path(path).read_bytes() for path in task.heard[1:])
    with film_of_chain(links, job) as film:
        assert film is not None  # it was outlined
        segments.join(job.output, film, map(read, range(total)), heard, header)
