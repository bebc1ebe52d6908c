"""Execute one step: inputs from the store, the effect in a child, the output into the store.

What takes long is not rendered but split: its pieces are parts of their own, and the step comes
back when they are there.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from l1.actions.advance_stream import advance_stream, complete_playlist
from l1.actions.finish_step import Attempt, Made, complete_step
from l1.actions.open_content import open_contents
from l1.actions.split_step import Cut, find_pieces, piece_key, split_step
from l1.content.canonical import canonical
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.media_info import MediaInfo
from l1.content.pieces import Pieces
from l1.content.playlist import MEDIA_TYPE
from l1.effects import effect as effects
from l1.errors import Conflict, Failure, Refused
from l1.events.step import StepSplit
from l1.work.leases import Claimed
from l1.workers.children import Task
from l1.workers.distrust import looked_into
from l1.workers.job import Desk, Failed, Job, Record
from l1.workers.notes import keep_notes
from l1.workers.orders import effect_of, join_order, order
from l1.workers.outcome import checked_outline
from l1.workers.place import scratch
from l1.workers.spec import StepSpec, read_spec
from l1.workers.task import Outline

SPLIT_OVER = 3
"""A film of more segments is rendered in parts."""


@dataclass(slots=True, kw_only=True)
class _Attempted:
    """An attempt on its way: what it holds, and what it had to say so far."""

    desk: Desk
    claimed: Claimed
    attempt: Attempt
    spec: StepSpec
    started_us: int
    notes: list[str]

    async def result(self) -> Made | None:
        """Render it; None when it is split instead."""
        effect = effect_of(self.desk, self.spec.step)
        async with scratch(self.desk, self.claimed) as place:
            output = place / "output"
            if effect.node.runs == "worker":
                cpu_us, info = await self._in_worker(effect, output)
            elif (rendered := await self._in_child(output)) is None:
                return None
            else:
                cpu_us, info = rendered
            elapsed_us = time.time_ns() // 1000 - self.started_us
            kept = await self.desk.services.store.put_file(output, move=True)
        self.desk.die_at("after_cas_put")
        return Made(
            output=kept,
            info=info,
            started_us=self.started_us,
            elapsed_us=elapsed_us,
            cpu_us=cpu_us,
            engine=self.desk.engine,
            since=self.claimed.head,
            log=await self.log(),
        )

    async def log(self) -> Identity | None:
        """Keep what the effect had to say, as content."""
        return await keep_notes(self.desk, self.notes)

    async def _in_child(self, output: Path) -> tuple[int, MediaInfo] | None:
        """Render in a child, or join what is there already; None when it is split instead."""
        task = await order(self.desk, self.spec, self.claimed.inputs, output)
        if split := self.spec.split:
            cut = await self._found(split.segments, split.sound)
            if cut.is_whole:
                return await self._together(task, cut, split)
        over = -1 if self._is_playlist else SPLIT_OVER
        cpu_us, value = await self._run(msgspec.structs.replace(task, split_over=over))
        if effect_of(self.desk, self.spec.step).strict:
            return cpu_us, await looked_into(self.desk, output)
        if "outline" not in value:
            return cpu_us, self._info(value)
        outline = checked_outline(value["outline"])
        keys = [piece_key(self.spec.step, needs) for needs in outline.segments]
        cut = await self._found(keys, self._sound(outline))
        split = self._split(outline, cut)
        await split_step(
            self.desk.services, self.desk.caller, self.attempt, cut, split, head=self.claimed.head
        )
        return await self._together(task, cut, split) if cut.is_whole else None

    @property
    def _is_playlist(self) -> bool:
        return effect_of(self.desk, self.spec.step).node.fuses == "playlist"

    @property
    def _is_streamed(self) -> bool:
        return self.spec.streamed or (self._is_playlist and not self.spec.sample)

    def _sound(self, outline: Outline) -> str:
        """Name the sound, if it is cut into pieces: to be watched, or to be encoded."""
        wanted = self._is_streamed or not (outline.sound_is_copied or self.spec.sample)
        return piece_key(self.spec.step, outline.sound) if outline.sound and wanted else ""

    def _split(self, outline: Outline, cut: Cut) -> StepSplit:
        return StepSplit(
            key=self.claimed.key,
            frames=outline.frames,
            segment_frames=outline.segment_frames,
            rate_num=outline.rate[0],
            rate_den=outline.rate[1],
            segments=cut.segments,
            parts=(),
            started_us=self.started_us,
            sound=cut.sound,
            streamed=self._is_streamed,
        )

    async def _found(self, segments: Sequence[str], sound: str) -> Cut:
        return await find_pieces(
            self.desk.services, self.desk.caller, segments, sound, sample=self.spec.sample
        )

    async def _together(self, task: Task, cut: Cut, split: StepSplit) -> tuple[int, MediaInfo]:
        """Join the pieces, or list them where they are a sample or are to be played one by one."""
        if self._is_playlist and not self.spec.sample:
            return await self._played(task, split)
        if not self.spec.sample:
            return await self._joined(task, cut, split)
        listed = [[number, cut.have[cut.segments[number]]] for number in cut.chosen]
        await asyncio.to_thread(Path(task.output).write_bytes, canonical({"segments": listed}))
        return 0, MediaInfo(kind="data", media_type="application/json")

    async def _played(self, task: Task, split: StepSplit) -> tuple[int, MediaInfo]:
        await advance_stream(self.desk.services, self.desk.caller, split)
        playlist = await complete_playlist(self.desk.services, split.key)
        await asyncio.to_thread(Path(task.output).write_bytes, playlist)
        return 0, MediaInfo(kind="text", media_type=MEDIA_TYPE)

    async def _joined(self, task: Task, cut: Cut, split: StepSplit) -> tuple[int, MediaInfo]:
        if split.streamed:  # whoever watches need not wait for the whole
            await advance_stream(self.desk.services, self.desk.caller, split)
        self.started_us = split.started_us
        self.desk.tell(self.claimed.key, split.frames, split.frames)
        heard: list[Cid] = []
        if cut.sound:
            listing = await self.desk.services.store.read(cut.have[cut.sound])
            pieces = Pieces.from_json(listing)
            heard = [pieces.header, *(each.cid for each in pieces.pieces)] if pieces.header else []
        shown = [cut.have[key] for key in cut.segments]
        cpu_us, value = await self._run(await join_order(self.desk, task, shown, heard))
        return cpu_us, self._info(value)

    async def _run(self, task: Task) -> tuple[int, dict[str, object]]:
        def progress(done: int, total: int) -> None:
            self.desk.die_at("mid_child")
            if task.kind == "render":
                self.desk.tell(self.claimed.key, done, total)

        done = await self.desk.children.run(task, on_progress=progress, on_note=self.notes.append)
        return done.cpu_ms * 1000, done.value

    def _info(self, value: dict[str, object]) -> MediaInfo:
        info = msgspec.convert(value["info"], MediaInfo)
        if info.problem:
            message = f"{self.spec.step.node} made something unusable: {info.problem}"
            raise Refused(message, code="bad_output")
        return info

    async def _in_worker(self, effect: effects.Effect, output: Path) -> tuple[int, MediaInfo]:
        """Run a node that touches no media here, in a thread."""
        step, inputs = self.spec.step, self.claimed.inputs
        cids = [Cid(inputs.get(name, name)) for name in step.inputs]
        paths = await open_contents(self.desk.services, self.desk.caller, cids)
        opaque = MediaInfo(kind="data", media_type="application/octet-stream")
        job = effects.Job(
            sources=tuple(effects.Source(path=path, info=opaque) for path in paths),
            params=effect.parse(dict(step.params)),
            output=output,
            progress=lambda _done, _total: None,
            note=self.notes.append,
        )
        before = time.process_time_ns()
        await self.desk.threads.run(lambda: effect.render(job), timeout_s=effect.node.timeout_s)
        return (time.process_time_ns() - before) // 1000, opaque


async def _do(desk: Desk, claimed: Claimed, attempt: Attempt) -> Record | None:
    attempted = _Attempted(
        desk=desk,
        claimed=claimed,
        attempt=attempt,
        spec=read_spec(claimed.spec),
        started_us=time.time_ns() // 1000,
        notes=[],
    )
    try:
        made = await attempted.result()
    except Conflict:
        raise  # not of the effect's making
    except Failure as error:
        raise Failed(error, await attempted.log()) from error
    if made is None:
        return None

    async def record() -> None:
        desk.die_at("before_commit")
        await complete_step(desk.services, desk.caller, attempt, made)
        desk.die_at("after_commit_before_enqueue")

    return record


STEP = Job(kind="step", do=_do)
