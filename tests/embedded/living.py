"""What the tests of this folder use to see processes and to wait for them."""

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def wait_for(happened: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Look until it has happened; fail after the deadline."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def living_in(home: Path) -> list[int]:
    """The processes that work inside `home`: servers make their folder their working folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink().is_relative_to(home):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def owners_in(home: Path) -> set[int]:
    """The users whose processes work inside `home`."""
    found = set()
    for pid in living_in(home):
        with suppress(FileNotFoundError):  # a session of the database that just ended
            found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def script(source: str, *args: object, uid: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run a piece of Python beside the test, as another user if `uid` is given."""
    site = Path(__import__("asyncpg").__file__).parent.parent
    process = subprocess.Popen(
        [python_for(uid), "-c", textwrap.dedent(source), *map(str, args)],
        env={"PATH": os.defpath, "PYTHONPATH": f"{ROOT}:{site}", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
        cwd="/",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def python_for(uid: int | None) -> str:
    """A Python of our version that the user may run; "" when there is none."""
    if uid is None:
        return sys.executable
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for program in (sys.executable, shutil.which(version, path=os.defpath)):
        if program is None:
            continue
        tried = subprocess.Popen(
            ["/usr/bin/env", program, "-c", ""],
            user=uid,
            group=uid,
            extra_groups=[],
            stderr=subprocess.DEVNULL,
        )
        if tried.wait() == 0:
            return program
    return ""
