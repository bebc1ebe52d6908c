import hashlib
import json
import random
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.content.cid import RAW, spell
from l1.content.unixfs import KUBO_V1, PROFILES, UNIXFS_V0_2015, UNIXFS_V1_2025, Profile, UnixFs

MIB = 1 << 20
GOLDEN: dict[str, str] = json.loads(
    (Path(__file__).parents[1] / "data" / "golden_cids.json").read_text()
)
SIZES = sorted({int(name.split("/")[1]) for name in GOLDEN})

# Small enough that a few hundred bytes make a tree of several levels.
TINY = Profile(name="tiny", chunk=5, links=3, leaf=UNIXFS_V1_2025.leaf, node=UNIXFS_V1_2025.node)
TINY_V0 = Profile(
    name="tiny-v0", chunk=5, links=3, leaf=UNIXFS_V0_2015.leaf, node=UNIXFS_V0_2015.node
)


def content(size: int) -> Iterator[bytes]:
    source = random.Random(size)
    for at in range(0, size, MIB):
        yield source.randbytes(min(MIB, size - at))


def cid_of(data: bytes, profile: Profile = UNIXFS_V1_2025) -> str:
    unixfs = UnixFs(profile)
    unixfs.update(data)
    return unixfs.cid()


@pytest.mark.parametrize(
    "size",
    [size if size <= 50 * MIB else pytest.param(size, marks=pytest.mark.storm) for size in SIZES],
)
def test_every_profile_gives_the_cid_of_the_reference_importer(size: int) -> None:
    engines = [UnixFs(profile) for profile in PROFILES.values()]
    for piece in content(size):
        for engine in engines:
            engine.update(piece)
    assert {f"{engine.profile.name}/{size}": engine.cid() for engine in engines} == {
        name: cid for name, cid in GOLDEN.items() if name.endswith(f"/{size}")
    }


@given(
    data=st.binary(max_size=400),
    cuts=st.lists(st.integers(0, 400), max_size=12),
    profile=st.sampled_from([TINY, TINY_V0, UNIXFS_V1_2025, KUBO_V1, UNIXFS_V0_2015]),
)
def test_however_the_bytes_are_cut_the_cid_is_the_same(
    data: bytes, cuts: list[int], profile: Profile
) -> None:
    unixfs = UnixFs(profile)
    edges = [0, *sorted(cuts), len(data)]
    for start, end in pairwise(edges):
        unixfs.update(data[start:end])
    assert unixfs.size == len(data)
    assert unixfs.cid() == cid_of(data, profile)


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 3 * MIB + 7), max_size=8), seed=st.integers(0, 3))
def test_cuts_across_real_leaves_do_not_matter(cuts: list[int], seed: int) -> None:
    data = random.Random(seed).randbytes(3 * MIB + 7)
    for profile in PROFILES.values():
        unixfs = UnixFs(profile)
        edges = [0, *sorted(cuts), len(data)]
        for start, end in pairwise(edges):
            unixfs.update(memoryview(data)[start:end])
        assert unixfs.cid() == cid_of(data, profile)


@given(data=st.binary(max_size=300))
def test_asking_for_the_cid_on_the_way_changes_nothing(data: bytes) -> None:
    unixfs = UnixFs(TINY)
    for at in range(len(data)):
        assert unixfs.cid() == cid_of(data[:at], TINY)
        unixfs.update(data[at : at + 1])
    assert unixfs.cid() == cid_of(data, TINY)


def test_a_file_of_one_leaf_is_named_by_its_sha256() -> None:
    data = random.Random(1).randbytes(MIB)
    assert cid_of(data) == spell(RAW + hashlib.sha256(data).digest())
    unixfs = UnixFs()
    unixfs.update(data)
    assert unixfs.nodes() == ()


def test_leaves_are_the_digests_of_each_mebibyte() -> None:
    data = random.Random(2).randbytes(2 * MIB + 1)
    unixfs = UnixFs()
    unixfs.update(data)
    parts = [data[:MIB], data[MIB : 2 * MIB], data[2 * MIB :]]
    assert unixfs.leaves() == tuple(hashlib.sha256(part).digest() for part in parts)


@given(data=st.binary(max_size=400), profile=st.sampled_from([TINY, TINY_V0]))
def test_the_last_node_is_the_root_and_each_is_named_by_its_bytes(
    data: bytes, profile: Profile
) -> None:
    unixfs = UnixFs(profile)
    unixfs.update(data)
    nodes = unixfs.nodes()
    assert bool(nodes) is (len(data) > profile.chunk)
    assert all(cid == spell(profile.node + hashlib.sha256(block).digest()) for cid, block in nodes)
    if nodes:
        assert nodes[-1].cid == unixfs.cid()


def test_the_root_block_of_ten_mebibytes_has_the_size_that_helia_asserts() -> None:
    unixfs = UnixFs()
    for piece in content(10 * MIB):
        unixfs.update(piece)
    assert [len(block) for _, block in unixfs.nodes()] == [509]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_holder_of_bytes_will_do(kind: type[bytes]) -> None:
    assert cid_of(kind(b"some bytes")) == cid_of(b"some bytes")


def test_a_view_of_wider_items_counts_its_bytes() -> None:
    numbers = array("I", range(1000))
    unixfs = UnixFs(TINY)
    unixfs.update(memoryview(numbers))
    unixfs.update(memoryview(array("I")))
    assert unixfs.size == 4000
    assert unixfs.cid() == cid_of(numbers.tobytes(), TINY)
