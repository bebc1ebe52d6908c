"""The content of this node, as actions, workers and the web see it."""

import asyncio
import os
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.errors import NotFound, Unavailable
from l1.storage import upkeep
from l1.storage.incoming import check_limit
from l1.storage.local import LocalStore
from l1.storage.receiving import Receiving

# Some 30 MB of memory at most.
_REMEMBERED = 100_000
# For less than this, handing the hashing to a thread of its own costs more than the hashing.
_SMALL = 256 << 10

_Stamp = tuple[int, int, int]


class ContentStore:
    """Keeps and hands out content; whatever it hands out has been verified by this process."""

    def __init__(self, local: LocalStore) -> None:
        self.root = local.root
        self._local = local
        self._verified: dict[Cid, _Stamp] = {}
        self._verifying: WeakValueDictionary[Cid, asyncio.Lock] = WeakValueDictionary()

    def receive(self, *, limit: int | None = None, expected: Cid | None = None) -> Receiving:
        """Open a place for bytes that arrive in pieces, `limit` at most."""
        return Receiving(partial(self._local.receive, limit=limit, expected=expected))

    async def put_file(
        self,
        path: Path,
        *,
        move: bool = False,
        limit: int | None = None,
        expected: Cid | None = None,
    ) -> Identity:
        """Keep a file, durably; with `move` it is gone from its old place afterwards."""
        put = partial(self._local.put_file, move=move, limit=limit, expected=expected)
        return await asyncio.to_thread(put, path)

    async def put_opened(self, open_: Callable[[], int], *, limit: int | None = None) -> Identity:
        """Keep a copy, durably, of the file that `open_` opens for reading."""

        def put() -> Identity:
            fd = open_()
            try:
                return self._local.put_opened(fd, limit=limit)
            finally:
                os.close(fd)

        return await asyncio.to_thread(put)

    async def put_bytes(self, data: bytes, *, expected: Cid | None = None) -> Identity:
        """Keep a few bytes, durably."""
        return await asyncio.to_thread(self._put_bytes, data, expected)

    async def has(self, cid: Cid) -> bool:
        """Tell whether the content is here."""
        return await asyncio.to_thread(self._local.has, cid)

    async def missing(self, cids: Collection[Cid]) -> list[Cid]:
        """Tell which of these contents are not here."""

        def look() -> list[Cid]:
            return [cid for cid in cids if not self._local.has(cid)]

        return await asyncio.to_thread(look)

    async def size(self, cid: Cid) -> int:
        """Give its size in bytes; `NotFound` if it is not here."""
        return await asyncio.to_thread(self._local.size, cid)

    async def open_path(self, cid: Cid) -> Path:
        """Give a read-only file with the content, verified on its first use by this process.

        Raises `NotFound`, or `Unavailable` (`corrupted`) after setting a damaged file aside.
        """
        stamp = await asyncio.to_thread(self._stamp, cid)
        if self._verified.get(cid) != stamp:
            # One reader hashes, the others wait for its word.
            async with self._verifying.setdefault(cid, asyncio.Lock()):
                if self._verified.get(cid) != stamp:
                    self._remember(cid, await asyncio.to_thread(self._verify, cid))
        return self._local.path(cid)

    async def open_paths(self, cids: Sequence[Cid]) -> list[Path]:
        """Give a file for each, as `open_path` does, with all that is quickly done done at once."""

        def look() -> list[tuple[Path, _Stamp]]:
            return [self._small_or_known(cid) for cid in cids]

        paths: list[Path] = []
        for cid, (path, stamp) in zip(cids, await asyncio.to_thread(look), strict=True):
            if self._verified.get(cid) == stamp:
                paths.append(path)
            elif stamp[2] <= _SMALL:
                self._remember(cid, stamp)
                paths.append(path)
            else:
                paths.append(await self.open_path(cid))
        return paths

    async def read(self, cid: Cid, *, limit: int | None = None) -> bytes:
        """Give small content whole; `Refused` (`too_large`) above `limit` bytes."""
        check_limit(await self.size(cid), limit)
        path = await self.open_path(cid)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise NotFound(f"{cid} was deleted just now", cid=cid) from None

    async def delete(self, cid: Cid, *, put_before: int | None = None) -> bool:
        """Remove the content for good; False if it was not here.

        With `put_before` (nanoseconds since 1970), what was put again since is kept.
        """
        self._verified.pop(cid, None)
        return await asyncio.to_thread(partial(self._local.delete, cid, put_before=put_before))

    async def folders(self) -> list[str]:
        """Name the folders that content lies in."""
        return await asyncio.to_thread(self._local.folders)

    async def put_before(self, folder: str, when: int) -> list[tuple[Cid, int]]:
        """Name what a folder holds that was last put before `when` (ns since 1970), with sizes."""
        return await asyncio.to_thread(self._local.put_before, folder, when)

    async def clear_unfinished(self) -> int:
        """Remove what dead processes left half received; answer how many files."""
        return await asyncio.to_thread(self._local.sweep)

    async def users(self) -> frozenset[str]:
        """Name the logs that may hold content of this store."""
        return await asyncio.to_thread(upkeep.signed, self.root)

    def _put_bytes(self, data: bytes, expected: Cid | None) -> Identity:
        with self._local.receive(expected=expected) as incoming:
            incoming.write(data)
            return incoming.commit()

    def _small_or_known(self, cid: Cid) -> tuple[Path, _Stamp]:
        """Give a file and its stamp, which has been verified unless it is large and not known."""
        path, about = self._local.look(cid)
        stamp = _stamped(about)
        if self._verified.get(cid) == stamp or stamp[2] > _SMALL:
            return path, stamp
        return path, self._verify(cid)

    def _verify(self, cid: Cid) -> _Stamp:
        # The stamp is taken first: a change during the hashing must not count as verified.
        stamp = self._stamp(cid)
        if self._local.verify(cid):
            return stamp
        raise Unavailable(
            f"The copy of {cid} on this node was damaged and has been set aside; "
            "upload it again or let it be fetched from another copy",
            code="corrupted",
            cid=cid,
        )

    def _remember(self, cid: Cid, stamp: _Stamp) -> None:
        while len(self._verified) >= _REMEMBERED:
            del self._verified[next(iter(self._verified))]
        self._verified[cid] = stamp

    def _stamp(self, cid: Cid) -> _Stamp:
        return _stamped(self._local.look(cid)[1])


def _stamped(about: os.stat_result) -> _Stamp:
    return about.st_ino, about.st_mtime_ns, about.st_size
