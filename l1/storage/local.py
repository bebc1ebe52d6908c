"""Content as plain files below one folder, each read-only and named by its CID."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from l1.content.cid import Cid, is_cid
from l1.content.identity import Identity
from l1.content.unixfs import UnixFs
from l1.errors import NotFound, Refused
from l1.storage import disk
from l1.storage.identifier import Identifier
from l1.storage.incoming import Incoming, check_expected, check_limit
from l1.storage.provider import Field, Provider
from l1.storage.shelf import Shelf


class LocalStore:
    """The store on this machine's disk; several processes may share its folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with disk.explained(root):
            self._shelf = Shelf(root)

    def receive(self, *, limit: int | None = None, expected: Cid | None = None) -> Incoming:
        """Open a place for bytes that arrive in pieces, `limit` at most."""
        return Incoming(self._shelf, limit=limit, expected=expected)

    def put_file(
        self,
        path: Path,
        *,
        move: bool = False,
        limit: int | None = None,
        expected: Cid | None = None,
    ) -> Identity:
        """Keep a file; with `move` it becomes the blob itself where the disk allows that.

        After a refusal the file is where it was. Whoever made it must have closed it.
        """
        with _regular_file(path) as fd:
            check_limit(os.fstat(fd).st_size, limit)
            if move and self._shelf.can_take(fd):
                return self._move(path, fd, expected)
            identity = self._copy(fd, limit=limit, expected=expected)
        if move:
            path.unlink()
        return identity

    def put_opened(self, fd: int, *, limit: int | None = None) -> Identity:
        """Keep a copy of a file that is open for reading, at its beginning."""
        check_limit(os.fstat(fd).st_size, limit)
        return self._copy(fd, limit=limit, expected=None)

    def path(self, cid: Cid) -> Path:
        """Say which file holds the content; `NotFound` if it is not here."""
        return self.look(cid)[0]

    def look(self, cid: Cid) -> tuple[Path, os.stat_result]:
        """Say which file holds the content and what is known of it; `NotFound` without one."""
        path = self._shelf.place(cid)
        try:
            about = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise _not_here(cid) from None
        if not stat.S_ISREG(about.st_mode):
            raise _not_here(cid)
        return path, about

    def pieces(self, cid: Cid) -> Iterator[bytes]:
        """Read content in order, unverified; `NotFound` if it is not here."""
        with self._opened(cid) as fd:
            yield from disk.pieces(fd)

    def has(self, cid: Cid) -> bool:
        """Tell whether the content is here."""
        return self._shelf.place(cid).is_file()

    def size(self, cid: Cid) -> int:
        """Give its size in bytes; `NotFound` if it is not here."""
        with self._opened(cid) as fd:
            return os.fstat(fd).st_size

    def delete(self, cid: Cid, *, put_before: int | None = None) -> bool:
        """Remove the content for good; False if it was not here. Open readers keep theirs.

        With `put_before` (nanoseconds since 1970), what was put again since is kept.
        """
        with disk.explained(self.root):
            return self._shelf.remove(cid, put_before=put_before)

    def verify(self, cid: Cid) -> bool:
        """Hash the file again; if it is damaged, move it to `quarantine/` and answer False."""
        with self._opened(cid) as fd, disk.explained(self.root):
            unixfs = UnixFs()
            for piece in disk.pieces(fd):
                unixfs.update(piece)
            if unixfs.cid() == cid:
                return True
            if _is_same_file(self._shelf.place(cid), fd):
                self._shelf.isolate(cid)
                return False
        # Somebody replaced or removed the damaged file meanwhile.
        return self.has(cid) and self.verify(cid)

    def cids(self) -> Iterator[Cid]:
        """Name everything that is here, in no order."""
        for path in self._shelf.blobs.glob("*/*"):
            if is_cid(path.name):
                yield path.name

    def folders(self) -> list[str]:
        """Name the folders that content lies in; `put_before` looks into one at a time."""
        with disk.explained(self.root):
            return self._shelf.folders()

    def put_before(self, folder: str, when: int) -> list[tuple[Cid, int]]:
        """Name what a folder holds that was last put before `when` (ns since 1970), with sizes."""
        with disk.explained(self.root):
            return self._shelf.put_before(folder, when)

    def sweep(self) -> int:
        """Remove what dead processes left in `tmp/`; answer how many files. At any time."""
        with disk.explained(self.root):
            return self._shelf.sweep()

    def _move(self, path: Path, fd: int, expected: Cid | None) -> Identity:
        before = os.fstat(fd)
        with disk.explained(self.root):
            identity = _identify(fd)
        check_expected(identity, expected)
        if not _is_same_file(path, fd) or _state(os.fstat(fd)) != _state(before):
            raise Refused(f"{path} changed while it was read; close it first", code="changed")
        with disk.explained(self.root):
            # Straight to its place: a stop in `tmp/` could lose the only copy to a sweep.
            self._shelf.settle(path, fd, identity.cid)
        return identity

    def _copy(self, source: int, *, limit: int | None, expected: Cid | None) -> Identity:
        with self.receive(limit=limit, expected=expected) as incoming:
            for piece in disk.pieces(source):
                incoming.write(piece)
            return incoming.commit()

    @contextmanager
    def _opened(self, cid: Cid) -> Iterator[int]:
        try:
            fd = os.open(self._shelf.place(cid), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise _not_here(cid) from None
        try:
            yield fd
        finally:
            os.close(fd)


@contextmanager
def _regular_file(path: Path) -> Iterator[int]:
    """Open a file to read, refusing links and devices: a renderer may have put them there."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}") from None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}", code="unreadable") from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Refused(f"{path} is not a regular file", code="unreadable")
        yield fd
    finally:
        os.close(fd)


def _identify(fd: int) -> Identity:
    with Identifier() as identifier:
        for piece in disk.pieces(fd):
            identifier.update(piece)
        return identifier.finish()


def _is_same_file(path: Path, fd: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(fd))
    except FileNotFoundError:
        return False


def _state(about: os.stat_result) -> tuple[int, int]:
    return about.st_size, about.st_mtime_ns


def _not_here(cid: Cid) -> NotFound:
    return NotFound(f"{cid} is not in this store", cid=cid)


LOCAL = Provider(
    name="local",
    summary="A folder on this machine",
    fields={"path": Field(label="Folder")},
    open=lambda values: LocalStore(Path(values["path"])),
)
