"""Execute a part of a step: some segments in a row, or the sound, each stored when it is made."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from l1.actions.advance_stream import advance_stream
from l1.actions.finish_step import Attempt
from l1.actions.split_step import Made, record_pieces
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.pieces import Pieces, PlayedPiece
from l1.errors import Conflict, Failure, Unavailable
from l1.events.step import SplitPart, StepSplit, whole
from l1.work.leases import Claimed
from l1.workers.children import Task
from l1.workers.job import Desk, Failed, Job, Record
from l1.workers.notes import keep_notes
from l1.workers.orders import order
from l1.workers.place import scratch
from l1.workers.spec import read_spec
from l1.workers.task import Piece

_SOUND_MOST = 50_000
"""A sound is cut into no more pieces: a day of it into about as many as there are segments."""
_REST = 10
"""After telling how far the step is, so many times as long is left before it is told again."""


async def _do(desk: Desk, claimed: Claimed, attempt: Attempt) -> Record:
    step, part = whole(claimed.key), msgspec.convert(claimed.spec, SplitPart)
    wanted = await desk.services.work.wanted(step)
    spec = read_spec(dict(wanted[0])) if wanted else None
    if wanted is None or spec is None or spec.split is None:
        raise Unavailable("nobody wants this part any more", code="unwanted")
    split = spec.split
    shelf = _Shelf(desk, claimed, attempt, split, part)
    cpu_us = 0
    async with scratch(desk, claimed) as place:
        task = await order(
            desk,
            spec,
            wanted[1],
            place / "output",
            kind="sound" if part.sound else "segments",
        )
        numbers = () if part.sound else await _open_numbers(desk, split, part)
        if part.sound or numbers:
            cpu_us = await _filled(shelf, msgspec.structs.replace(task, numbers=numbers), place)
    last = await shelf.listing() if part.sound else ()

    async def record() -> None:
        desk.die_at("before_commit")
        await record_pieces(
            desk.services,
            desk.caller,
            attempt,
            step,
            last,
            since=claimed.head,
            engine=desk.engine,
            done=True,
            cpu_us=cpu_us,
        )
        desk.die_at("after_commit_before_enqueue")
        if split.streamed:
            await advance_stream(desk.services, desk.caller, split)

    return record


async def _filled(shelf: "_Shelf", task: Task, place: Path) -> int:
    try:
        return await shelf.fill(task, place)
    except Conflict:
        raise  # not of the effect's making
    except Failure as error:
        raise Failed(error, await shelf.log()) from error


async def _open_numbers(desk: Desk, split: StepSplit, part: SplitPart) -> tuple[int, ...]:
    """Tell which segments of a part are not there yet: an attempt before may have made some."""
    numbers = range(part.first, part.stop)
    there = await desk.services.work.outputs([split.segments[n] for n in numbers])
    return tuple(n for n in numbers if split.segments[n] not in there)


class _Shelf:
    """Takes the pieces that a child makes, stores them, and says so, while it makes the next."""

    def __init__(
        self, desk: Desk, claimed: Claimed, attempt: Attempt, split: StepSplit, part: SplitPart
    ) -> None:
        self._desk, self._claimed, self._attempt = desk, claimed, attempt
        self._split, self._part = split, part
        self._made: list[Made] = []
        self._notes: list[str] = []
        self._told: set[int] = set()
        self._tell_at = 0.0

    async def fill(self, task: Task, place: Path) -> int:
        """Have a child make the pieces; answer its processor time in microseconds."""
        coming: asyncio.Queue[Piece | None] = asyncio.Queue()
        making = asyncio.create_task(self._make(task, coming))
        keeping = asyncio.create_task(self._keep(coming, place))
        try:
            await asyncio.wait({making, keeping}, return_when=asyncio.FIRST_EXCEPTION)
            if keeping.done() and not making.done():
                keeping.result()  # it has failed: the pieces can no longer be recorded
            cpu_us = await making
            await keeping
            self._check_all(task.numbers)
            return cpu_us
        finally:
            for task_ in (making, keeping):
                task_.cancel()
            with contextlib.suppress(BaseException):
                await asyncio.gather(making, keeping, return_exceptions=True)

    async def listing(self) -> tuple[Made, ...]:
        """Store the list of a sound's pieces, which ends it."""
        header = self._made[0].header if self._made else None
        pieces = Pieces(
            header=header.cid if header else Cid(""),
            pieces=tuple(
                PlayedPiece(cid=each.content.cid, length_us=each.length_us) for each in self._made
            ),
        )
        kept = await self._desk.services.store.put_bytes(pieces.to_json())
        return (Made(key=self._split.sound, content=kept, header=None, length_us=0),)

    async def log(self) -> Identity | None:
        """Keep what the child had to say, as content."""
        return await keep_notes(self._desk, self._notes)

    async def _make(self, task: Task, coming: "asyncio.Queue[Piece | None]") -> int:
        def progress(_done: int, _total: int) -> None:
            self._desk.die_at("mid_child")

        def take(piece: Piece) -> None:
            self._check(piece, task.numbers)  # what it raises ends the child
            coming.put_nowait(piece)

        try:
            done = await self._desk.children.run(
                task,
                on_progress=progress,
                on_note=self._notes.append,
                on_piece=take,
            )
        finally:
            coming.put_nowait(None)
        return done.cpu_ms * 1000

    async def _keep(self, coming: "asyncio.Queue[Piece | None]", place: Path) -> None:
        while (piece := await coming.get()) is not None:
            made = await self._stored(piece, place)
            self._made.append(made)
            self._desk.die_at("after_cas_put")
            await record_pieces(
                self._desk.services,
                self._desk.caller,
                self._attempt,
                self._split.key,
                (made,),
                since=self._claimed.head,
                engine=self._desk.engine,
            )
            await self._tell()

    async def _stored(self, piece: Piece, place: Path) -> Made:
        """Keep copies: the child still lives, and may write to what it has open."""
        store = self._desk.services.store
        header: Identity = await store.put_file(place / piece.header)
        content: Identity = await store.put_file(place / piece.data)
        for name in (piece.header, piece.data):
            await asyncio.to_thread((place / name).unlink)
        number = piece.number
        key = f"{self._split.sound}:{number:05d}" if self._part.sound else self._key(number)
        return Made(key=key, content=content, header=header, length_us=piece.length_us)

    def _key(self, number: int) -> str:
        return self._split.segments[number]

    def _check(self, piece: Piece, numbers: Sequence[int]) -> None:
        """Believe no child that speaks of other pieces than it was asked for, each once.

        So no more can wait than were asked for; of a sound, which is cut where it can be, no more
        than `_SOUND_MOST`.
        """
        names = (f"piece-{piece.number}", f"header-{piece.number}")
        mine = (
            piece.number == len(self._told) < _SOUND_MOST
            if self._part.sound
            else piece.number in numbers and piece.number not in self._told
        )
        if not mine or (piece.data, piece.header) != names or piece.length_us < 0:
            raise Unavailable(f"the child told of a piece {piece.number} that nobody asked for")
        self._told.add(piece.number)

    def _check_all(self, numbers: Sequence[int]) -> None:
        """Believe no child that says it is done and is not: the step would be split anew forever."""
        left = sorted(set(numbers) - self._told)
        if left:
            raise Unavailable(f"the child ended without segment {left[0]} that it was to make")

    async def _tell(self) -> None:
        """Say how far the whole step is, and let more of it be watched, in a share of the time.

        It looks at all pieces of the step, which for hours of film takes longer than for minutes.
        """
        began = time.monotonic()
        if began < self._tell_at:
            return
        split = self._split
        there: Mapping[str, str] = await self._desk.services.work.outputs(split.segments)
        done = sum(key in there for key in split.segments)
        self._desk.tell(split.key, min(done * split.segment_frames, split.frames), split.frames)
        if split.streamed:
            await advance_stream(self._desk.services, self._desk.caller, split)
        now = time.monotonic()
        self._tell_at = now + _REST * (now - began)


PART = Job(kind="part", do=_do)
