"""The Merkle tree, against the definition in RFC 6962 written down as it stands there."""

import hashlib
from collections.abc import Sequence
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.events import tree

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The roots over the first 1 to 8 of INPUTS, as certificate transparency publishes them."""


@cache
def mth(leaves: tuple[bytes, ...]) -> bytes:
    """MTH of RFC 6962 section 2.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def hashed(*texts: bytes) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(b"\x00" + text).digest() for text in texts)


FORTY = hashed(*(bytes([i]) for i in range(40)))
trees = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_trees_have_their_published_roots(size: int) -> None:
    leaves = hashed(*(bytes.fromhex(text) for text in INPUTS[:size]))
    assert tree.root(leaves).hex() == mth(leaves).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root([]) == tree.EMPTY_ROOT == mth(())


@given(trees)
def test_a_root_is_what_the_definition_says_at_every_size(leaves: list[bytes]) -> None:
    frontier = tree.Frontier()
    for size, leaf in enumerate(leaves, 1):
        frontier.add(leaf)
        assert frontier.size == size
        assert frontier.root() == mth(tuple(leaves[:size]))


@pytest.mark.parametrize("size", range(1, 41))
def test_every_leaf_of_every_size_is_shown_to_be_in_the_tree(size: int) -> None:
    leaves = FORTY[:size]
    head = mth(leaves)
    for index, leaf in enumerate(leaves):
        proof = tree.inclusion_proof(leaves, index)
        assert len(proof) <= (size - 1).bit_length()
        assert tree.verify_inclusion(leaf, index, size, proof, head)


@pytest.mark.parametrize("new", range(1, 41))
def test_every_head_is_shown_to_extend_every_older_one(new: int) -> None:
    for old in range(new + 1):
        proof = tree.consistency_proof(FORTY[:new], old)
        assert tree.verify_consistency(old, new, mth(FORTY[:old]), mth(FORTY[:new]), proof)


@given(trees, st.data())
def test_a_proof_shows_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    size, head = len(leaves), mth(tuple(leaves))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(leaves, index)
    for other in range(-1, size + 2):
        shown = tree.verify_inclusion(leaves[index], other, size, proof, head)
        assert shown == (other == index)
    assert not tree.verify_inclusion(leaves[index], index, size, [*proof, head], head)
    for cut in range(len(proof)):
        assert not tree.verify_inclusion(leaves[index], index, size, proof[:cut], head)
        bent = [*proof[:cut], flipped(proof[cut], data), *proof[cut + 1 :]]
        assert not tree.verify_inclusion(leaves[index], index, size, bent, head)
    assert not tree.verify_inclusion(flipped(leaves[index], data), index, size, proof, head)


def flipped(text: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, 8 * len(text) - 1))
    return (int.from_bytes(text) ^ 1 << bit).to_bytes(len(text))


def changed(leaves: list[bytes], data: st.DataObject) -> list[bytes]:
    """A history that somebody changed: a bit, a leaf taken out, put in, or two in another order."""
    at = data.draw(st.integers(0, len(leaves) - 1))
    to = data.draw(st.integers(0, len(leaves) - 1))
    match data.draw(st.sampled_from(["bit", "out", "in", "order"])):
        case "bit":
            return [*leaves[:at], flipped(leaves[at], data), *leaves[at + 1 :]]
        case "out":
            return leaves[:at] + leaves[at + 1 :]
        case "in":
            return [*leaves[:at], bytes(32), *leaves[at:]]
        case _:
            others = leaves[:at] + leaves[at + 1 :]
            return [*others[:to], leaves[at], *others[to:]]


@given(trees, st.data())
def test_a_changed_history_is_seen(leaves: list[bytes], data: st.DataObject) -> None:
    forged = changed(leaves, data)
    if forged != leaves:
        assert tree.root(forged) != tree.root(leaves)


@given(trees, st.data())
def test_no_proof_shows_that_a_changed_history_extends_the_true_one(
    leaves: list[bytes], data: st.DataObject
) -> None:
    """The forger goes on from the changed history and proves as well as can be."""
    old = len(leaves)
    forged = changed(leaves, data) + list(hashed(b"later", b"still later"))
    if forged[:old] == leaves:
        return
    proof = tree.consistency_proof(forged, old)
    assert not tree.verify_consistency(
        old, len(forged), mth(tuple(leaves)), tree.root(forged), proof
    )


@given(trees, st.data())
def test_a_bent_consistency_proof_is_seen(leaves: list[bytes], data: st.DataObject) -> None:
    new = len(leaves)
    old = data.draw(st.integers(1, new))
    heads = mth(tuple(leaves[:old])), mth(tuple(leaves))
    proof = tree.consistency_proof(leaves, old)
    for i, node in enumerate(proof):
        bent: Sequence[bytes] = [*proof[:i], flipped(node, data), *proof[i + 1 :]]
        assert not tree.verify_consistency(old, new, *heads, bent)
        assert not tree.verify_consistency(old, new, *heads, proof[:i])
    assert not tree.verify_consistency(old, new, *heads, [*proof, heads[0]])
    assert not tree.verify_consistency(new + 1, new, *heads, proof)


@given(st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20))
def test_parts_behind_their_lengths_cannot_be_cut_elsewhere(a: bytes, b: bytes, c: bytes) -> None:
    joined = tree.prefixed(a, b, c)
    assert (tree.prefixed(a + b, c) == joined) is False
    parts, rest = [], joined
    while rest:
        size = int.from_bytes(rest[:4])
        parts.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    assert parts == [a, b, c]


def test_a_leaf_binds_each_part_of_a_fact_and_its_place() -> None:
    fact = {
        "event_id": UUID(int=1), "stream": "run-a", "kind": "run.requested", "schema": 1,
        "meta": b"{}", "data": b"{}",
    }  # fmt: skip
    others = {
        "event_id": UUID(int=2), "stream": "run-b", "kind": "run.planned", "schema": 2,
        "meta": b"[]", "data": b"[]",
    }  # fmt: skip
    place = {"position": 1, "version": 1, "at_us": 0}
    leaf = tree.leaf_hash(body=tree.body_hash(**fact), **place)
    for name, value in others.items():
        assert tree.leaf_hash(body=tree.body_hash(**fact | {name: value}), **place) != leaf
    for name in place:
        moved = tree.leaf_hash(body=tree.body_hash(**fact), **place | {name: 2})
        assert moved != leaf
