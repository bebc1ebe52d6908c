"""The worker's end of one fork server: starts it, orders forks and kills, hears how children end."""

import array
import asyncio
import contextlib
import itertools
import os
import socket
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from l1.errors import Unavailable
from l1.workers.sandbox import Mode
from l1.workers.task import Exit, Order, Word

_START_S = 60
_STOP_S = 5
_FULL_SOCKET_S = 0.01
_OUTPUT_KEPT = 64 * 2**10
_FIXED_ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    # Sets of words are walked in the same order by every child.
    "PYTHONHASHSEED": "0",
    # One thread while forking; the renderers thread by themselves, as their profile says.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Each arena reserves address space, which the memory cap counts.
    "MALLOC_ARENA_MAX": "2",
    # macOS kills forks of a process that has loaded Objective-C, unless told not to.
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
}


class ServerGone(Unavailable):
    """The fork server ended, and all its children with it."""

    code = "fork_server_gone"

    def __init__(self) -> None:
        super().__init__("The fork server ended, and all its children with it; try again.")


class Tail:
    """The last 64 KiB of what a process wrote."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._dropped = 0

    async def follow(self, reader: asyncio.StreamReader) -> None:
        """Read to the end, so that the writer never has to wait."""
        while part := await reader.read(2**16):
            self._kept += part
            surplus = max(0, len(self._kept) - _OUTPUT_KEPT)
            self._dropped += surplus
            del self._kept[:surplus]

    @property
    def text(self) -> str:
        """What was kept, with a word about what was not."""
        kept = self._kept.decode(errors="replace").strip()
        return (
            f"({self._dropped} bytes before this were dropped)\n{kept}" if self._dropped else kept
        )


class ServerLink:
    """One running fork server."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        assert process.stdout is not None
        self._process = process
        self._control = control
        self._exits: dict[int, asyncio.Future[Exit]] = {}
        self._leases = itertools.count(1)
        self._ready = asyncio.Event()
        self._ended = False
        self._output = Tail()
        self._following = asyncio.create_task(self._output.follow(process.stdout))
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(
        cls, packages: Iterable[str], *, mode: Mode, readable: Iterable[Path]
    ) -> "ServerLink":
        """Start a fork server and wait until it has loaded `packages`."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                process = await _spawn(theirs, packages, mode=mode, readable=readable)
        except BaseException:
            ours.close()  # Whatever has been started by now ends at that.
            raise
        link = cls(process, ours)
        try:
            await link._wait_until_ready()
        except BaseException:
            await link.close()
            raise
        return link

    @property
    def is_alive(self) -> bool:
        """Tell whether this server still takes orders."""
        return not self._ended

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    async def fork(self, channel: socket.socket, output: socket.socket) -> int:
        """Have a child forked that owns both sockets; return its lease."""
        lease = next(self._leases)
        self._exits[lease] = asyncio.get_running_loop().create_future()
        try:
            await self._order(Order(fork=lease), (channel.fileno(), output.fileno()))
        except BaseException:
            del self._exits[lease]
            raise
        return lease

    async def exit_of(self, lease: int) -> Exit:
        """Wait until the lease's child has ended; raises `ServerGone` if the server went first."""
        return await asyncio.shield(self._exits[lease])

    async def kill(self, lease: int) -> None:
        """Have the lease's child killed; its end is heard of as any other. Gone is gone."""
        with contextlib.suppress(ServerGone):
            await self._order(Order(kill=lease))

    async def end(self, lease: int) -> Exit | None:
        """Kill the lease's child if it still runs, wait until it is gone and forget the lease."""
        exited = self._exits[lease]
        try:
            if not exited.done():
                await self._order(Order(kill=lease))
            return await asyncio.wait_for(asyncio.shield(exited), _STOP_S)
        except ServerGone:
            return None
        except TimeoutError:
            # A server that does not answer would hold up every lease: let the next need restart it.
            self._process.kill()
            return None
        finally:
            del self._exits[lease]

    async def close(self) -> None:
        """Close the socket, at which the server kills its children and ends; wait for that."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._following

    async def _wait_until_ready(self) -> None:
        ready = asyncio.create_task(self._ready.wait())
        done, _ = await asyncio.wait(
            (ready, self._listening), timeout=_START_S, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        if ready in done:
            return
        await self.close()
        said = self._output.text or "it did not say why"
        raise Unavailable(f"The fork server did not start: {said}", code="no_fork_server")

    async def _order(self, order: Order, fds: Sequence[int] = ()) -> None:
        line = msgspec.json.encode(order) + b"\n"
        handed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        while not self._ended:
            try:
                self._control.sendmsg([line], handed)
                return
            except BlockingIOError:
                await asyncio.sleep(_FULL_SOCKET_S)
            except OSError as error:
                raise ServerGone from error
        raise ServerGone

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        unread = b""
        try:
            while data := await loop.sock_recv(self._control, 2**16):
                *lines, unread = (unread + data).split(b"\n")
                for line in lines:
                    self._hear(msgspec.json.decode(line, type=Word))
        except ConnectionResetError:
            pass  # Killed before it had read everything: ended all the same.
        finally:
            self._ended = True
            self._control.close()
            for exited in self._exits.values():
                if not exited.done():
                    exited.set_exception(ServerGone())
                    exited.exception()  # Not everybody waits for it; that is no mistake.

    def _hear(self, word: Word) -> None:
        if word.ready:
            self._ready.set()
        if word.exited is not None:
            exited = self._exits.get(word.exited.lease)
            if exited is not None and not exited.done():
                exited.set_result(word.exited)


async def _spawn(
    control: socket.socket, packages: Iterable[str], *, mode: Mode, readable: Iterable[Path]
) -> asyncio.subprocess.Process:
    command = [sys.executable, "-P", "-m", "l1.workers.fork_server", "--mode", mode]
    command += ["--control", str(control.fileno())]
    command += [word for name in packages for word in ("--package", name)]
    command += [word for path in readable for word in ("--readable", str(path))]
    # Its own session: a Ctrl-C meant for the worker, which drains, must not end renders.
    return await asyncio.create_subprocess_exec(
        *command,
        env=_FIXED_ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        pass_fds=(control.fileno(),),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
