"""What every store must do, whoever provides it."""

import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import l1.storage
from l1 import catalog
from l1.content.cid import Cid
from l1.content.unixfs import UnixFs
from l1.errors import NotFound, Refused
from l1.storage.provider import Provider
from l1.storage.store import Store

PROVIDERS = catalog.values(l1.storage, Provider, named=lambda provider: provider.name)
OPENED_WITH: Mapping[str, Callable[[Path], Mapping[str, str]]] = {
    "local": lambda home: {"path": str(home / "store")},
}
"""What each provider is told in tests; a new one needs a line here, and a server if it has one."""


@pytest.fixture(params=PROVIDERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return PROVIDERS[request.param].open(OPENED_WITH[request.param](tmp_path))


def a_file(folder: Path, size: int) -> Path:
    path = folder / f"source-{size}"
    path.write_bytes(random.Random(size).randbytes(size))
    return path


def cid_of(data: bytes) -> Cid:
    unixfs = UnixFs()
    unixfs.update(data)
    return unixfs.cid()


@pytest.mark.parametrize("size", [0, 1, 300_000, (1 << 20) + 1, 3_500_000])
def test_what_is_put_is_read_back_under_its_cid(store: Store, tmp_path: Path, size: int) -> None:
    source = a_file(tmp_path, size)
    identity = store.put_file(source)
    assert identity.cid == cid_of(source.read_bytes())
    assert store.has(identity.cid)
    assert store.size(identity.cid) == identity.size == size
    assert b"".join(store.pieces(identity.cid)) == source.read_bytes()


def test_putting_twice_is_the_same_as_once(store: Store, tmp_path: Path) -> None:
    source = a_file(tmp_path, 1000)
    assert store.put_file(source) == store.put_file(source)


def test_the_expected_content_is_taken(store: Store, tmp_path: Path) -> None:
    source = a_file(tmp_path, 1000)
    expected = cid_of(source.read_bytes())
    assert store.put_file(source, expected=expected).cid == expected


def test_other_content_than_expected_is_refused_and_not_kept(store: Store, tmp_path: Path) -> None:
    source = a_file(tmp_path, 1000)
    with pytest.raises(Refused, match="expected") as refusal:
        store.put_file(source, expected=cid_of(b"other"))
    assert refusal.value.code == "wrong_cid"
    assert not store.has(cid_of(source.read_bytes()))
    assert not store.has(cid_of(b"other"))


def test_what_is_not_here_is_not_found(store: Store) -> None:
    missing = cid_of(b"missing")
    assert not store.has(missing)
    assert not store.delete(missing)
    with pytest.raises(NotFound):
        store.size(missing)
    with pytest.raises(NotFound):
        list(store.pieces(missing))


def test_deleted_content_is_gone_and_may_come_back(store: Store, tmp_path: Path) -> None:
    source = a_file(tmp_path, 1000)
    cid = store.put_file(source).cid
    assert store.delete(cid)
    assert not store.has(cid)
    assert not store.delete(cid)
    assert store.put_file(source).cid == cid
    assert store.has(cid)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "bafkrei"])
def test_a_name_that_is_no_cid_is_refused(store: Store, name: str) -> None:
    for ask in (store.has, store.size, store.delete):
        with pytest.raises(Refused, match="no CID"):
            ask(Cid(name))


def test_a_source_that_is_no_plain_file_is_refused(store: Store, tmp_path: Path) -> None:
    target = a_file(tmp_path, 10)
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(target)
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path):
        with pytest.raises(Refused) as refusal:
            store.put_file(path)
        assert refusal.value.code == "unreadable"
    with pytest.raises(NotFound, match="no file"):
        store.put_file(tmp_path / "missing")
