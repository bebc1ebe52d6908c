"""Runs tasks in sandboxed children and tells every way in which that can end."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Self

import msgspec

from l1.errors import Refused, Unavailable
from l1.workers.hearing import Hearing, Note, Progress, TakePiece
from l1.workers.outcome import ChildFailed, Done, checked_info, outcome, within
from l1.workers.sandbox import Mode, essentials_missing
from l1.workers.scratch import ScratchFull, ScratchWatch
from l1.workers.server_link import ServerGone, ServerLink, Tail
from l1.workers.task import ANSWER_MAX, TASK_MAX, Answer, Exit, Limits, Task, TaskSource

__all__ = ["ChildFailed", "Children", "Done", "Limits", "Task", "TaskSource"]

_LAST_OUTPUT_S = 5


class Children:
    """Runs each task in a child of its own, forked from a server that is started when needed.

    `packages` are scanned for effects and analyses; `readable` are further files and folders
    that every child may read. How many run at once is the caller's business.
    """

    def __init__(
        self,
        packages: Sequence[str] = ("l1.effects", "l1.analyses"),
        *,
        sandbox: Mode = "strict",
        readable: Iterable[Path] = (),
    ) -> None:
        self._packages = packages
        self._mode: Mode = sandbox
        self._readable = tuple(readable)
        self._link: ServerLink | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    async def start(self) -> None:
        """Start the fork server; raises `Unavailable` where decoding would not be safe."""
        await self._linked()

    async def close(self) -> None:
        """End the fork server and every child; tasks still running fail as crashed."""
        self._closed = True
        async with self._starting:
            if self._link is not None:
                await self._link.close()

    @property
    def server_pid(self) -> int | None:
        """The fork server's process id, None while there is none."""
        return self._link.pid if self._link is not None else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def run(
        self,
        task: Task,
        *,
        on_progress: Progress = lambda _done, _total: None,
        on_note: Note = lambda _text: None,
        on_piece: TakePiece = lambda _piece: None,
    ) -> Done:
        """Do one task in a child and return what it made.

        `on_progress(done, total)` is called at most five times a second, `on_note` for each line
        of the effect and once for what the child printed, `on_piece` for each piece of a film.
        Raises the child's own `Refused` or `Unavailable`, or `ChildFailed`. Cancelling kills the
        child; none outlives this call.
        """
        order = msgspec.json.encode(task) + b"\n"
        if len(order) > TASK_MAX:
            message = f"The task {task.name} is {len(order)} bytes long, more than {TASK_MAX}."
            raise Refused(message, code="task_too_large", size=len(order))
        link = await self._linked()
        hearing = Hearing(
            task.limits, on_progress=within(on_progress), on_note=on_note, on_piece=on_piece
        )
        try:
            done = await _converse(link, order, hearing, _watch(task, link))
        except ServerGone:
            raise ChildFailed("crashed", "the fork server ended, and the child with it") from None
        except ScratchFull as full:
            message = f"{task.name} filled its scratch folder with {full}; ask for less."
            raise Refused(message, code="scratch_full", node=task.name) from None
        _check_info(task, done)
        return done

    async def _linked(self) -> ServerLink:
        """Return a living fork server, starting one if there is none."""
        async with self._starting:
            if self._closed:
                raise Unavailable("The worker is closing and takes no more tasks.", code="closing")
            if self._link is not None and not self._link.is_alive:
                await self._link.close()
                self._link = None
            if self._link is None:
                _check_platform(self._mode)
                self._link = await ServerLink.open(
                    self._packages, mode=self._mode, readable=self._readable
                )
            return self._link


async def _converse(link: ServerLink, order: bytes, hearing: Hearing, watch: ScratchWatch) -> Done:
    """Fork a child, tell it the task, hear it out, and see it gone whatever happens."""
    tail = Tail()
    last: Answer | None = None
    async with _line(ANSWER_MAX) as (said, talk, its_talk), _line() as (printed, _, its_print):
        lease = await link.fork(its_talk, its_print)
        its_talk.close()
        its_print.close()
        following = asyncio.create_task(tail.follow(printed))
        watching = asyncio.create_task(watch.guard(partial(link.kill, lease)))
        try:
            talk.write(order)
            async with asyncio.timeout(None) as clock:
                last = await hearing.listen(said, clock)
                if last is None:
                    await link.exit_of(lease)
        except TimeoutError:
            raise ChildFailed(*hearing.verdict()) from None
        finally:
            watching.cancel()
            # Shielded: a second cancellation may end the wait, but not what kills the child.
            ended = await asyncio.shield(asyncio.create_task(_see_off(link, lease, following)))
            hearing.close(tail.text)
    watch.look(alive=False)
    if watch.excess:
        raise ScratchFull(watch.excess)
    return outcome(last, ended, tail.text)


async def _see_off(link: ServerLink, lease: int, following: asyncio.Task[None]) -> Exit | None:
    """Kill the child unless it has ended, and wait for its end and its last output."""
    ended = await link.end(lease)
    await asyncio.wait((following,), timeout=_LAST_OUTPUT_S)
    following.cancel()
    return ended


@contextlib.asynccontextmanager
async def _line(
    limit: int = 2**16,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, socket.socket]]:
    """Open a socket pair: our end as streams, the child's end as it is handed over."""
    ours, theirs = socket.socketpair()
    with theirs:
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=limit)
        try:
            yield reader, writer, theirs
        finally:
            writer.transport.abort()  # Not close: what a dead child did not read is of no use.
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def _watch(task: Task, link: ServerLink) -> ScratchWatch:
    folder = Path(task.output).parent if task.output else None
    return ScratchWatch(folder, most_bytes=task.limits.scratch_bytes, server=link.pid)


def _check_info(task: Task, done: Done) -> None:
    """Believe nothing that a child says of media without a look at it."""
    if task.kind == "analyse" and task.name == "probe":
        checked_info(done.value)
    elif task.kind in ("render", "join") and isinstance(done.value, dict) and "info" in done.value:
        checked_info(done.value["info"])


def _check_platform(mode: Mode) -> None:
    lacks = essentials_missing()
    if mode == "strict" and lacks:
        message = (
            f"This platform cannot sandbox the decoding of media; it lacks {' and '.join(lacks)}. "
            "Use Linux 5.13 or later, or set ARTDAG_SANDBOX=weak if every input is your own."
        )
        raise Unavailable(message, code="no_sandbox", lacks=lacks)
