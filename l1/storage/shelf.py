"""Where the blobs of a local store lie, and how a finished file gets its place."""

import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

from l1.content.cid import Cid, is_cid
from l1.errors import Refused
from l1.storage.disk import alone_in, claim, is_claimed, sync_data, sync_folder


class Shelf:
    """The folders below `root`: `blobs/`, `tmp/` and `quarantine/`, all on one filesystem."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = root / "blobs"
        self.tmp = root / "tmp"
        self.quarantine = root / "quarantine"
        for folder in (self.blobs, self.tmp, self.quarantine):
            folder.mkdir(parents=True, exist_ok=True)
        self._known: set[Path] = set()

    def place(self, cid: Cid) -> Path:
        """Say where the bytes named `cid` belong; `Refused` for a malformed name.

        The folder is the last two characters but one: a CID starts the same for all, and its
        very last character takes eight values only.
        """
        if not is_cid(cid):
            raise Refused(f"{cid!r} is no CID of this store", code="bad_identifier")
        return self.blobs / cid[-3:-1] / cid

    def new_tmp(self) -> tuple[int, Path]:
        """Open a new file, claimed by this process."""
        while True:
            path = self.tmp / f"{os.getpid()}-{secrets.token_hex(8)}"
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            claim(fd)
            # A sweep may have taken it between the two calls above.
            if os.fstat(fd).st_nlink:
                return fd, path
            os.close(fd)

    def can_take(self, fd: int) -> bool:
        """Tell whether an open file can become a blob as it is, without a copy."""
        about = os.fstat(fd)
        # Another name or another owner could change the blob later.
        mine = about.st_nlink == 1 and about.st_uid == os.geteuid()
        return mine and about.st_dev == self.tmp.stat().st_dev

    def settle(self, finished: Path, fd: int, cid: Cid) -> bool:
        """Give a finished file its durable place; False if the blob was there already.

        A blob of another size can only be damaged, so it is replaced.
        """
        target = self.place(cid)
        size = os.fstat(fd).st_size
        if not _is_whole(target, size):
            os.fchmod(fd, 0o444)
            sync_data(fd)
        target.parent.mkdir(exist_ok=True)
        with alone_in(target.parent):
            there = _is_whole(target, size)
            if there:
                finished.unlink()
            else:
                os.fchmod(fd, 0o444)
                sync_data(fd)  # nothing to do, unless the blob went just now
                finished.replace(target)
            now = time.time_ns()  # explicit, for the file system's own clock runs behind
            os.utime(target, ns=(now, now))
        # Also for what was there: whoever put it may not have come this far yet.
        sync_folder(target.parent)
        if target.parent not in self._known:
            sync_folder(self.blobs)
            self._known.add(target.parent)
        return not there

    def remove(self, cid: Cid, *, put_before: int | None = None) -> bool:
        """Remove a blob, unless somebody put it again at or after `put_before` (ns since 1970)."""
        target = self.place(cid)
        try:
            with alone_in(target.parent):
                if put_before is not None and target.stat().st_mtime_ns >= put_before:
                    return False
                target.unlink()
        except FileNotFoundError:
            return False
        sync_folder(target.parent)
        return True

    def isolate(self, cid: Cid) -> Path:
        """Move a damaged blob out of reach."""
        away = self.quarantine / f"{cid}.{secrets.token_hex(4)}"
        self.place(cid).rename(away)
        return away

    def folders(self) -> list[str]:
        """Name the folders that blobs lie in."""
        return sorted(path.name for path in self.blobs.iterdir() if path.is_dir())

    def put_before(self, folder: str, when: int) -> list[tuple[Cid, int]]:
        """Name the blobs of a folder last put before `when` (ns since 1970), with their sizes."""
        found = []
        for entry in os.scandir(self.blobs / folder):
            if is_cid(entry.name):
                with suppress(FileNotFoundError):
                    about = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode) and about.st_mtime_ns < when:
                        found.append((entry.name, about.st_size))
        return found

    def sweep(self) -> int:
        """Remove the temporary files of processes that are gone; answer how many."""
        return sum([_remove_if_abandoned(path) for path in self.tmp.iterdir()])


def _remove_if_abandoned(path: Path) -> bool:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        if is_claimed(fd):
            return False
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(fd)


def _is_whole(blob: Path, size: int) -> bool:
    return blob.is_file() and blob.stat().st_size == size
