import asyncio
import os
import random
from pathlib import Path

import pytest

from l1.content.cid import Cid
from l1.content.unixfs import UnixFs
from l1.errors import NotFound, Refused, Unavailable
from l1.storage.content_store import ContentStore
from l1.storage.local import LocalStore

MIB = 1 << 20


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


@pytest.fixture
def store(local: LocalStore) -> ContentStore:
    return ContentStore(local)


def cid_of(data: bytes) -> Cid:
    unixfs = UnixFs()
    unixfs.update(data)
    return unixfs.cid()


def flip(path: Path, *, keep_time: bool) -> None:
    about = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as file:
        byte = file.read(1)
        file.seek(0)
        file.write(bytes([byte[0] ^ 1]))
    times = about.st_mtime_ns if keep_time else about.st_mtime_ns + 1
    os.utime(path, ns=(times, times))


async def test_bytes_come_back_as_they_went_in(store: ContentStore) -> None:
    identity = await store.put_bytes(b"art", expected=cid_of(b"art"))
    assert identity.cid == cid_of(b"art")
    assert await store.read(identity.cid) == b"art"
    assert await store.has(identity.cid)
    assert await store.size(identity.cid) == 3
    assert (await store.open_path(identity.cid)).read_bytes() == b"art"


async def test_a_file_is_kept_by_move_or_by_copy(store: ContentStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a file")
    copied = await store.put_file(source)
    assert source.exists()
    assert await store.put_file(source, move=True) == copied
    assert not source.exists()
    assert await store.read(copied.cid) == b"a file"


async def test_an_upload_in_small_pieces_is_kept_whole(store: ContentStore) -> None:
    data = random.Random(9).randbytes(3 * MIB + 77)
    async with store.receive(limit=len(data)) as incoming:
        for at in range(0, len(data), 50_000):
            await incoming.write(data[at : at + 50_000])
        identity = await incoming.commit()
        assert not incoming.was_there
    assert identity.cid == cid_of(data)
    assert await store.read(identity.cid) == data


async def test_an_upload_above_its_limit_is_refused_and_leaves_nothing(
    store: ContentStore, local: LocalStore
) -> None:
    async with store.receive(limit=5) as incoming:
        await incoming.write(b"123456")
        with pytest.raises(Refused) as refusal:
            await incoming.commit()
    assert refusal.value.code == "too_large"
    assert list((local.root / "tmp").iterdir()) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(
    store: ContentStore, local: LocalStore
) -> None:
    begun = asyncio.Event()

    async def upload() -> None:
        async with store.receive() as incoming:
            while True:
                await incoming.write(bytes(MIB))
                begun.set()

    task = asyncio.create_task(upload())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((local.root / "tmp").iterdir()) == []
    assert list(local.cids()) == []


async def test_an_upload_must_be_entered_first(store: ContentStore) -> None:
    with pytest.raises(Refused, match="Enter the context"):
        await store.receive().commit()


async def test_a_big_answer_is_refused_to_who_asked_for_a_small_one(store: ContentStore) -> None:
    cid = (await store.put_bytes(b"123456")).cid
    assert await store.read(cid, limit=6) == b"123456"
    with pytest.raises(Refused) as refusal:
        await store.read(cid, limit=5)
    assert refusal.value.code == "too_large"


async def test_deleted_content_is_not_found(store: ContentStore) -> None:
    cid = (await store.put_bytes(b"gone")).cid
    await store.read(cid)
    assert await store.delete(cid)
    assert not await store.delete(cid)
    for ask in (store.read, store.open_path, store.size):
        with pytest.raises(NotFound):
            await ask(cid)


async def test_damage_before_the_first_read_is_found_and_the_file_set_aside(
    store: ContentStore, local: LocalStore
) -> None:
    cid = (await store.put_bytes(b"precious")).cid
    flip(local.path(cid), keep_time=True)
    with pytest.raises(Unavailable, match="set aside") as failure:
        await store.read(cid)
    assert failure.value.code == "corrupted"
    assert len(list((local.root / "quarantine").iterdir())) == 1
    assert not await store.has(cid)
    await store.put_bytes(b"precious")
    assert await store.read(cid) == b"precious"


async def test_a_change_after_the_first_read_is_noticed(
    store: ContentStore, local: LocalStore
) -> None:
    cid = (await store.put_bytes(b"precious")).cid
    await store.read(cid)
    flip(local.path(cid), keep_time=False)
    with pytest.raises(Unavailable, match="set aside"):
        await store.open_path(cid)


async def test_an_unchanged_file_is_hashed_once_however_often_and_at_once_it_is_opened(
    local: LocalStore,
) -> None:
    class Counting(LocalStore):
        verified = 0

        def verify(self, cid: Cid) -> bool:
            self.verified += 1
            return super().verify(cid)

    counting = Counting(local.root)
    store = ContentStore(counting)
    cid = (await store.put_bytes(random.Random(1).randbytes(4 * MIB))).cid
    await asyncio.gather(*(store.open_path(cid) for _ in range(20)))
    await store.open_path(cid)
    assert counting.verified == 1
