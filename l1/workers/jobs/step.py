"""Execute one step: inputs from the store, the effect in a child, the output into the store."""

import asyncio
import shutil
import time
from pathlib import Path

import msgspec

from l1.actions.contents import infos
from l1.actions.finish_step import Attempt, Made, complete_step
from l1.actions.open_content import open_contents
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.media_info import MediaInfo
from l1.dag.keys import Preimage
from l1.effects import effect as effects
from l1.errors import Conflict, Failure, Refused, Unavailable
from l1.work.leases import Claimed
from l1.workers.children import Task, TaskSource
from l1.workers.job import Desk, Failed, Job, Record


async def _do(desk: Desk, claimed: Claimed, attempt: Attempt) -> Record:
    spec = msgspec.convert(claimed.spec, Preimage)
    effect = _effect(desk, spec)
    place = desk.scratch / claimed.token.hex
    notes: list[str] = []
    try:
        started = time.time_ns() // 1000
        inputs = [Cid(claimed.inputs.get(name, name)) for name in spec.inputs]
        if effect.node.runs == "worker":
            made_at = place
            cpu_us, info = await _in_worker(desk, effect, spec, inputs, made_at, notes)
        else:
            place.mkdir()  # the only one that the child may write into
            made_at = place / "output"
            cpu_us, info = await _in_child(desk, claimed.key, effect, spec, inputs, made_at, notes)
        elapsed = time.time_ns() // 1000 - started
        output = await desk.services.store.put_file(made_at, move=True)
        desk.die_at("after_cas_put")
        log = await _kept(desk, notes)
        made = Made(
            output=output, info=info, started_us=started, elapsed_us=elapsed, cpu_us=cpu_us,
            engine=desk.engine, since=claimed.head, log=log,
        )  # fmt: skip
    except Conflict:
        raise  # not of the effect's making
    except Failure as error:
        raise Failed(error, await _kept(desk, notes)) from error
    finally:
        if not _is_gone(place):
            await asyncio.to_thread(_remove, place)

    async def record() -> None:
        desk.die_at("before_commit")
        await complete_step(desk.services, desk.caller, attempt, made)
        desk.die_at("after_commit_before_enqueue")

    return record


def _is_gone(place: Path) -> bool:
    """Tell whether nothing is left, as when the output has moved into the store."""
    try:
        place.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _effect(desk: Desk, spec: Preimage) -> effects.Effect:
    effect = desk.effects.get(spec.node)
    if effect is None or effect.node.version != spec.version:
        raise Unavailable(
            f"this worker has no {spec.node} of version {spec.version}; another may",
            code="wrong_release",
        )
    return effect


async def _sources(desk: Desk, cids: list[Cid]) -> list[tuple[Path, MediaInfo]]:
    known = await infos(desk.services, cids)
    paths = await open_contents(desk.services, desk.caller, cids)
    unknown = [cid for cid in cids if cid not in known]
    if unknown:
        raise Unavailable(f"{unknown[0]} has not been probed", code="not_probed")
    return [(path, known[cid]) for path, cid in zip(paths, cids, strict=True)]


async def _in_child(
    desk: Desk,
    key: str,
    effect: effects.Effect,
    spec: Preimage,
    inputs: list[Cid],
    output: Path,
    notes: list[str],
) -> tuple[int, MediaInfo]:
    sources = await _sources(desk, inputs)
    task = Task(
        kind="render",
        name=spec.node,
        params=dict(spec.params),
        bound=dict(spec.bound),
        sources=tuple(TaskSource(path=str(path), info=info) for path, info in sources),
        output=str(output),
        limits=desk.limits_of(effect),
    )

    def progress(done: int, total: int) -> None:
        desk.die_at("mid_child")
        desk.tell(key, done, total)

    rendered = await desk.children.run(task, on_progress=progress, on_note=notes.append)
    info = msgspec.convert(rendered.value["info"], MediaInfo)
    if info.problem:
        raise Refused(f"{spec.node} made something unusable: {info.problem}", code="bad_output")
    return rendered.cpu_ms * 1000, info


async def _in_worker(
    desk: Desk,
    effect: effects.Effect,
    spec: Preimage,
    inputs: list[Cid],
    output: Path,
    notes: list[str],
) -> tuple[int, MediaInfo]:
    """Run a node that touches no media here, in a thread."""
    paths = await open_contents(desk.services, desk.caller, inputs)
    opaque = MediaInfo(kind="data", media_type="application/octet-stream")
    job = effects.Job(
        sources=tuple(effects.Source(path=path, info=opaque) for path in paths),
        params=effect.parse(dict(spec.params)),
        output=output,
        progress=lambda _done, _total: None,
        note=notes.append,
    )
    before = time.process_time_ns()
    await desk.threads.run(lambda: effect.render(job), timeout_s=desk.limits_of(effect).timeout_s)
    return (time.process_time_ns() - before) // 1000, opaque


async def _kept(desk: Desk, notes: list[str]) -> Identity | None:
    """Keep what the effect had to say, as content."""
    text = "\n".join(note for note in notes if note.strip())
    return await desk.services.store.put_bytes(text.encode() + b"\n") if text else None


STEP = Job(kind="step", do=_do)
