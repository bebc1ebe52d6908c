"""One child process that is started again whenever it dies, until it is stopped."""

import contextlib
import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from l1.errors import Unavailable

LAUNCH = Path(__file__).with_name("launch.py")
FIRST_DELAY, LONGEST_DELAY, STEADY = 0.1, 10.0, 10.0
"""Seconds: the first back-off, the last, and the life after which a death counts as the first."""

MOST_LOG = 10_000_000
"""Bytes after which a restart begins a new log file."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a child runs as: the caller, another account, or `nobody` in a user namespace."""

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how it ends."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    identity: Identity = field(default_factory=Identity)
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL  # what it gets when its parent is killed
    grace: float = 10.0  # seconds between the stop signal and SIGKILL
    output: Path | None = None  # a log file; the parent's own output when not given
    lock: Path | None = None  # held by the program and all it forks, for as long as any lives
    pipe: bool = sys.platform != "linux"  # tie by pipe where the kernel has no death signal


def launch_argv(
    argv: Sequence[str],
    *,
    identity: Identity,
    death: signal.Signals = signal.SIGKILL,
    pipe: int | None = None,
    keep: Sequence[int] = (),
) -> list[str]:
    """Wrap a command so that it runs as `identity` and dies with the thread that starts it."""
    how = {
        "parent": os.getpid(),
        "death": int(death),
        "uid": identity.uid,
        "gid": identity.gid,
        "namespace": identity.namespace,
        "pipe": pipe,
        "keep": list(keep),
    }
    return [sys.executable, "-I", "-S", str(LAUNCH), json.dumps(how), *argv]


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 30.0) -> Iterator[int]:
    """Hold the lock file `path`; a process that inherits the descriptor goes on holding it.

    Raises Unavailable when another process still holds it after `timeout` seconds.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + timeout
        while not try_lock(descriptor):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"An older server still uses {path.parent}: stop the process that holds {path}."
                )
            time.sleep(0.02)
        yield descriptor
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take the exclusive lock of an open file if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Child:
    """Keeps one program running.

    A thread of its own starts the program and waits for it, so that the kernel's "parent died"
    signal, which is bound to the thread that forked, means the death of this process and no less.
    """

    def __init__(self, program: Program, *, restart: bool = True) -> None:
        self.program = program
        self.deaths = 0
        self._restart = restart
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=program.name, daemon=True)
        self.failure: Unavailable | OSError | None = None

    @property
    def pid(self) -> int | None:
        """The running process, or None while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def finished(self) -> bool:
        """Whether nothing runs and nothing will be started."""
        return not self._thread.is_alive()

    def start(self) -> None:
        """Start the program and keep it running; returns at once."""
        self._thread.start()

    def stop(self, *, grace: float | None = None) -> None:
        """End the program and everything in its process group; returns when it is gone."""
        self.ask()
        self.wait(grace=grace)

    def ask(self) -> None:
        """Send the stop signal and start nothing any more; returns at once."""
        with self._guard:
            self._stopping.set()
            pid = self.pid
            if pid is not None:  # not Popen.send_signal: it would reap what our thread waits for
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, self.program.stop_signal)

    def wait(self, *, grace: float | None = None) -> None:
        """After `ask`: wait until all is gone, for `grace` seconds politely."""
        if self._thread.ident is None:
            return
        self._thread.join(self.program.grace if grace is None else grace)
        if self._thread.is_alive():
            self.kill()
            self._thread.join()

    def kill(self) -> None:
        """End the whole process group without asking."""
        pid = self.pid
        if pid is not None:
            _kill_group(pid)

    def _keep(self) -> None:
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._run_once()
            except (Unavailable, OSError) as failure:
                self.failure = failure
                logger.error("%s cannot start: %s", self.program.name, failure)  # noqa: TRY400
            if self._stopping.is_set() or not self._restart:
                return
            self.deaths += 1
            if time.monotonic() - began > STEADY:
                delay = FIRST_DELAY
            self._stopping.wait(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    def _run_once(self) -> None:
        with contextlib.ExitStack() as stack:
            keep = []
            if self.program.lock is not None:
                keep.append(stack.enter_context(locked(self.program.lock)))
            with self._guard:
                if self._stopping.is_set():
                    return
                process = self._process = self._spawn(keep, stack)
            _wait_unreaped(process)
            _kill_group(process.pid)
            code = process.wait()
            if not self._stopping.is_set():
                logger.warning("%s ended with %s", self.program.name, code)

    def _spawn(self, keep: list[int], stack: contextlib.ExitStack) -> subprocess.Popen[bytes]:
        program = self.program
        pipe = None
        if program.pipe:
            pipe, held = os.pipe()
            stack.callback(os.close, held)
        output = None
        if program.output is not None:
            _turn_over(program.output)
            output = stack.enter_context(program.output.open("ab"))
        try:
            return subprocess.Popen(  # noqa: S603 - the program is the caller's
                launch_argv(
                    program.argv,
                    identity=program.identity,
                    death=program.death_signal,
                    pipe=pipe,
                    keep=keep,
                ),
                env=program.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                pass_fds=keep if pipe is None else [*keep, pipe],
                start_new_session=True,
            )
        finally:
            if pipe is not None:
                os.close(pipe)


def _turn_over(log: Path) -> None:
    """Keep one older log, so that logs stay bounded over restarts."""
    if log.exists() and log.stat().st_size > MOST_LOG:
        log.rename(log.with_name(f"{log.name}.1"))


def _wait_unreaped(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end but leave the zombie, whose pid keeps the group's number from reuse."""
    if sys.platform == "linux":
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
