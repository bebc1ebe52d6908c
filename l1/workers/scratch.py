"""How much a child has laid down in its scratch folder, and what is too much."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

_LOOK_S = 0.5
_MOST_ENTRIES = 10_000
_MOST_DEEP = 16
_BLOCK = 512  # the unit of `st_blocks`


class ScratchWatch:
    """Measures one scratch folder while a child works in it, from outside.

    The kernel caps a single file; this caps them all together, those that were deleted and are
    still held open included. What lies beyond half a second of writing cannot be kept from
    happening, but it is told, and the child is gone. `folder` is None for work that writes nothing,
    `server` is the process id of the fork server.
    """

    def __init__(self, folder: Path | None, *, most_bytes: int, server: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._server = server
        self.excess = ""
        """What was too much, as the end of a sentence; empty while nothing is."""

    async def guard(self, kill: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Look twice a second, and call `kill` when there is too much."""
        while self._folder is not None and not self.excess:
            await asyncio.sleep(_LOOK_S)
            await asyncio.to_thread(self.look)
        if self.excess:
            await kill()

    def look(self, *, alive: bool = True) -> None:
        """Measure now; what only a living child holds open is gone with it."""
        if self._folder is None or self.excess:
            return
        total = 0
        try:
            for number, size in enumerate(_sizes(self._folder), 1):
                total += size
                if number > _MOST_ENTRIES:
                    self.excess = f"more than {_MOST_ENTRIES} files and folders"
                    return
        except _TooDeep:
            self.excess = f"folders more than {_MOST_DEEP} deep"
            return
        except OSError as error:
            self.excess = f"a folder that cannot be looked into ({error.strerror})"
            return
        if alive:
            total += sum(_deleted(self._folder, self._server))
        if total > self._most_bytes:
            self.excess = f"{total} bytes in all, more than {self._most_bytes}"


class ScratchFull(Exception):
    """A child has laid down too much: its text ends a sentence about that."""


class _TooDeep(Exception):
    """Folders within folders, deeper than anybody needs."""


def _sizes(folder: Path) -> Iterator[int]:
    """Give what each thing below a folder takes up on the disk, in bytes."""
    below = [(str(folder), 0)]
    while below:
        path, depth = below.pop()
        if depth > _MOST_DEEP:
            raise _TooDeep
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        below.append((entry.path, depth + 1))
                    yield _taken(entry)
        except FileNotFoundError:
            continue  # the child has removed it meanwhile


def _taken(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    except FileNotFoundError:
        return 0


def _deleted(folder: Path, server: int) -> Iterator[int]:
    """Give the sizes of files of the folder that have no name any more but are open in a child."""
    inside = f"{folder.resolve()}/"
    try:
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    except OSError:
        return  # a platform that cannot tell
    for child in children:
        try:
            opened = list(os.scandir(f"/proc/{child}/fd"))
            held = {
                (about.st_dev, about.st_ino): about.st_blocks * _BLOCK
                for each in opened
                if os.readlink(each.path).startswith(inside)  # noqa: PTH115 - a Path for each is slow
                and not (about := each.stat()).st_nlink
            }
        except OSError:
            continue  # it has ended, or closed one just now: the next look sees it
        yield from held.values()
