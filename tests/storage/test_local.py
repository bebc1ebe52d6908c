import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from l1.content.cid import Cid
from l1.content.unixfs import UnixFs
from l1.errors import NotFound, Refused
from l1.storage.local import LocalStore

MIB = 1 << 20
ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def everything(store: LocalStore) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def put(store: LocalStore, data: bytes) -> Cid:
    with store.receive() as incoming:
        incoming.write(data)
        return incoming.commit().cid


def cid_of(data: bytes) -> Cid:
    unixfs = UnixFs()
    unixfs.update(data)
    return unixfs.cid()


def damage(path: Path, at: int) -> None:
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


def test_a_blob_is_a_read_only_file_sharded_by_the_end_of_its_cid(store: LocalStore) -> None:
    cid = put(store, b"art")
    path = store.root / "blobs" / cid[-3:-1] / cid
    assert store.path(cid) == path
    assert path.read_bytes() == b"art"
    assert path.stat().st_mode & 0o777 == 0o444
    assert everything(store) == [path]


def test_bytes_in_pieces_make_the_same_blob(store: LocalStore) -> None:
    data = random.Random(5).randbytes(3 * MIB + 5)
    with store.receive() as incoming:
        for at in range(0, len(data), 65536):
            incoming.write(data[at : at + 65536])
        identity = incoming.commit()
    assert identity.cid == cid_of(data)
    assert store.path(identity.cid).read_bytes() == data


def test_the_second_put_of_equal_content_is_detected(store: LocalStore) -> None:
    for expected in (False, True):
        with store.receive() as incoming:
            incoming.write(b"twice")
            incoming.commit()
            assert incoming.was_there is expected
    assert len(everything(store)) == 1


def test_a_put_replaces_a_truncated_blob(store: LocalStore) -> None:
    cid = put(store, b"whole")
    path = store.path(cid)
    path.chmod(0o644)
    os.truncate(path, 2)
    put(store, b"whole")
    assert path.read_bytes() == b"whole"


def test_an_upload_that_fails_leaves_nothing(store: LocalStore) -> None:
    def fail() -> None:
        with store.receive() as incoming:
            incoming.write(bytes(2 * MIB))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.receive() as incoming:
        incoming.write(b"never committed")
    assert everything(store) == []


def test_content_above_the_limit_is_refused_and_leaves_nothing(store: LocalStore) -> None:
    with store.receive(limit=10) as incoming:
        incoming.write(b"0123456789")
        with pytest.raises(Refused, match="10 bytes") as refusal:
            incoming.write(b"x")
        assert refusal.value.code == "too_large"
        with pytest.raises(Refused, match="ended"):
            incoming.commit()
    assert everything(store) == []


def test_content_at_the_limit_is_taken(store: LocalStore) -> None:
    with store.receive(limit=10) as incoming:
        incoming.write(b"0123456789")
        assert incoming.commit().size == 10


def test_wrong_bytes_for_an_expected_cid_are_refused_and_leave_nothing(store: LocalStore) -> None:
    with store.receive(expected=cid_of(b"right")) as incoming:
        incoming.write(b"wrong")
        with pytest.raises(Refused) as refusal:
            incoming.commit()
    assert refusal.value.code == "wrong_cid"
    assert everything(store) == []


def test_nothing_follows_a_commit(store: LocalStore) -> None:
    with store.receive() as incoming:
        incoming.commit()
        for use in (lambda: incoming.write(b"x"), incoming.commit):
            with pytest.raises(Refused, match="ended"):
                use()
        incoming.abort()
    assert len(everything(store)) == 1


def test_a_moved_file_becomes_the_blob_itself(store: LocalStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(2 * MIB))
    inode = source.stat().st_ino
    identity = store.put_file(source, move=True)
    assert not source.exists()
    assert store.path(identity.cid).stat().st_ino == inode
    assert store.path(identity.cid).stat().st_mode & 0o777 == 0o444


def test_moving_what_is_there_already_removes_the_source(store: LocalStore, tmp_path: Path) -> None:
    cid = put(store, b"there")
    source = tmp_path / "source"
    source.write_bytes(b"there")
    assert store.put_file(source, move=True).cid == cid
    assert not source.exists()
    assert store.verify(cid)


def test_a_file_with_a_second_name_is_copied_since_the_other_could_change_it(
    store: LocalStore, tmp_path: Path
) -> None:
    source, other = tmp_path / "source", tmp_path / "other"
    source.write_bytes(b"shared")
    os.link(source, other)
    cid = store.put_file(source, move=True).cid
    other.write_bytes(b"changed")
    assert not source.exists()
    assert store.verify(cid)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second filesystem")
def test_a_move_from_another_filesystem_copies_and_removes(store: LocalStore) -> None:
    source = Path("/dev/shm") / f"artdag-test-{os.getpid()}"
    source.write_bytes(b"far away")
    try:
        cid = store.put_file(source, move=True).cid
        assert not source.exists()
    finally:
        source.unlink(missing_ok=True)
    assert store.path(cid).read_bytes() == b"far away"


def test_a_refused_move_leaves_the_file_where_it_was(store: LocalStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"mine")
    with pytest.raises(Refused):
        store.put_file(source, move=True, expected=cid_of(b"other"))
    with pytest.raises(Refused) as refusal:
        store.put_file(source, move=True, limit=3)
    assert refusal.value.code == "too_large"
    assert source.read_bytes() == b"mine"
    assert everything(store) == []


@pytest.mark.parametrize("at", [0, MIB, 2 * MIB + 99])
def test_one_flipped_bit_is_found_and_the_file_set_aside(store: LocalStore, at: int) -> None:
    cid = put(store, random.Random(7).randbytes(2 * MIB + 100))
    assert store.verify(cid)
    damage(store.path(cid), at)
    assert not store.verify(cid)
    assert not store.has(cid)
    assert [path.parent.name for path in everything(store)] == ["quarantine"]
    with pytest.raises(NotFound):
        store.verify(cid)


def test_the_store_names_what_it_holds(store: LocalStore) -> None:
    held = {put(store, bytes([n])) for n in range(20)}
    (store.root / "blobs" / "xx").mkdir(exist_ok=True)
    (store.root / "blobs" / "xx" / "notes.txt").write_text("not a blob")
    assert set(store.cids()) == held


def test_many_puts_of_equal_content_at_once_make_one_blob(store: LocalStore) -> None:
    data = random.Random(3).randbytes(MIB + 1)
    others = [LocalStore(store.root) for _ in range(8)]
    start = threading.Barrier(len(others))

    def put_at_once(one: LocalStore) -> Cid:
        start.wait()
        return put(one, data)

    with ThreadPoolExecutor(len(others)) as threads:
        assert set(threads.map(put_at_once, others)) == {cid_of(data)}
    assert everything(store) == [store.path(cid_of(data))]
    assert store.verify(cid_of(data))


@contextmanager
def a_process_in_mid_put(store: LocalStore) -> Iterator[subprocess.Popen[bytes]]:
    script = (
        "import sys, pathlib\n"
        "from l1.storage.local import LocalStore\n"
        "with LocalStore(pathlib.Path(sys.argv[1])).receive() as incoming:\n"
        "    incoming.write(bytes(3 << 20))\n"
        "    print('half way', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(store.root)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half way\n"
        yield process


def test_a_kill_in_mid_put_leaves_no_blob_and_a_sweep_clears_the_rest(store: LocalStore) -> None:
    with a_process_in_mid_put(store) as process:
        process.kill()
        process.wait()
    assert list(store.cids()) == []
    assert len(everything(store)) == 1
    assert store.sweep() == 1
    assert everything(store) == []


def test_a_sweep_spares_what_living_processes_are_receiving(store: LocalStore) -> None:
    with a_process_in_mid_put(store), store.receive() as incoming:
        incoming.write(b"still coming")
        assert store.sweep() == 0
        cid = incoming.commit().cid
    assert store.path(cid).read_bytes() == b"still coming"
    assert everything(store) == [store.path(cid)]


@pytest.mark.parametrize("acknowledged", [1, 2, 5, 11])
def test_what_was_acknowledged_before_a_kill_is_whole_and_nothing_is_half_there(
    store: LocalStore, acknowledged: int
) -> None:
    script = (
        "import itertools, pathlib, random, sys\n"
        "from l1.storage.local import LocalStore\n"
        "store = LocalStore(pathlib.Path(sys.argv[1]))\n"
        "for n in itertools.count():\n"
        "    with store.receive() as incoming:\n"
        "        incoming.write(random.Random(n).randbytes(n * 200_000))\n"
        "        print(incoming.commit().cid, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [Cid(process.stdout.readline().strip()) for _ in range(acknowledged)]
        process.kill()
    assert set(told) <= set(store.cids())
    assert all(store.verify(cid) for cid in list(store.cids()))
    assert store.sweep() <= 1
    assert list((store.root / "tmp").iterdir()) == []
