"""Names a file as IPFS does: cut it into leaves, hash each, and fold the hashes into a tree.

The bytes are hashed as they come and never kept (but for one leaf in the oldest profile), so the
name of a file of any size costs about as much as its SHA-256.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

from l1.content.cid import DAG_PB, RAW, SHA2_256, Cid, spell

Bytes = bytes | bytearray | memoryview
"""Anything that holds bytes; Python 3.11 has no name of its own for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The choices that decide which CID a file gets. `chunk` is the size of a leaf in bytes."""

    name: str
    chunk: int
    links: int
    leaf: bytes
    node: bytes


UNIXFS_V1_2025 = Profile(name="unixfs-v1-2025", chunk=1 << 20, links=1024, leaf=RAW, node=DAG_PB)
"""The profile of every primary id (IPIP-499; Kubo's and helia's present one)."""

KUBO_V1 = Profile(name="kubo-v1", chunk=256 << 10, links=174, leaf=RAW, node=DAG_PB)
"""What `ipfs add --cid-version=1` made for years."""

UNIXFS_V0_2015 = Profile(
    name="unixfs-v0-2015", chunk=256 << 10, links=174, leaf=SHA2_256, node=SHA2_256
)
"""Kubo's first default: CIDv0, each leaf wrapped in a node."""

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.name: profile for profile in (UNIXFS_V1_2025, KUBO_V1, UNIXFS_V0_2015)}
)
"""Every profile by name."""


class Block(NamedTuple):
    """A node that links to others, as another IPFS node would ask for it."""

    cid: Cid
    data: bytes


class UnixFs:
    """Computes the CID of bytes that arrive in pieces of any size."""

    def __init__(self, profile: Profile = UNIXFS_V1_2025) -> None:
        self.profile = profile
        self.size = 0
        self._full: list[bytes] = []
        self._leaf = _new_leaf(profile)
        self._room = profile.chunk

    def update(self, data: Bytes) -> None:
        """Take the next bytes."""
        view = memoryview(data)
        at, size = 0, view.nbytes
        if size and (view.format != "B" or view.ndim != 1):
            view = view.cast("B")
        while at < size:
            # A leaf is closed only when a byte follows it, so the last one is never empty.
            if not self._room:
                self._full.append(self._leaf.digest())
                self._leaf = _new_leaf(self.profile)
                self._room = self.profile.chunk
            piece = view[at : at + self._room]
            self._leaf.update(piece)
            at += piece.nbytes
            self._room -= piece.nbytes
        self.size += size

    def cid(self) -> Cid:
        """Name the bytes taken so far; more may follow."""
        *_, root = self._tree()
        return spell(root.binary)

    def leaves(self) -> tuple[bytes, ...]:
        """Give the SHA-256 of each leaf in order; for raw leaves, of each `chunk` of the file."""
        return (*self._full, self._leaf.digest())

    def nodes(self) -> tuple[Block, ...]:
        """Give the inner nodes, children first and the root last; none for a single leaf."""
        return tuple(Block(spell(one.binary), one.block) for one in self._tree() if one.block)

    def _tree(self) -> Iterator["_Child"]:
        level = list(self._leaf_children())
        if len(level) == 1:
            yield level[0]
        while len(level) > 1:
            width = self.profile.links
            groups = (level[at : at + width] for at in range(0, len(level), width))
            level = [_node(self.profile, group) for group in groups]
            yield from level

    def _leaf_children(self) -> Iterator["_Child"]:
        sizes = [self.profile.chunk] * len(self._full)
        sizes.append(self.size - sum(sizes))
        for digest, size in zip(self.leaves(), sizes, strict=True):
            stored = size if self.profile.leaf == RAW else size + sum(map(len, _wrapping(size)))
            yield _Child(self.profile.leaf + digest, size, stored, b"")


class _Child(NamedTuple):
    binary: bytes
    size: int
    stored: int
    block: bytes


class _Hasher(Protocol):
    def update(self, data: Bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _WrappedLeaf:
    """A leaf inside a node: its length stands before its bytes, so they wait for their end."""

    def __init__(self) -> None:
        self._data = bytearray()

    def update(self, data: Bytes, /) -> None:
        self._data += data

    def digest(self) -> bytes:
        before, after = _wrapping(len(self._data))
        hasher = hashlib.sha256(before)
        hasher.update(self._data)
        hasher.update(after)
        return hasher.digest()


def _new_leaf(profile: Profile) -> _Hasher:
    return hashlib.sha256() if profile.leaf == RAW else _WrappedLeaf()


def _wrapping(size: int) -> tuple[bytes, bytes]:
    """Give what stands before and after the bytes of a wrapped leaf."""
    after = b"\x18" + _varint(size)
    before = b"\x08\x02" + (b"\x12" + _varint(size) if size else b"")
    return b"\x0a" + _varint(len(before) + size + len(after)) + before, after


def _node(profile: Profile, children: Sequence[_Child]) -> _Child:
    """Encode one dag-pb node: its links, then the UnixFS record of a file (type 2)."""
    size = sum(child.size for child in children)
    record = b"\x08\x02\x18" + _varint(size) + _joined(b"\x20", (c.size for c in children))
    block = b"".join(_field(b"\x12", _link(child)) for child in children)
    block += _field(b"\x0a", record)
    stored = len(block) + sum(child.stored for child in children)
    return _Child(profile.node + hashlib.sha256(block).digest(), size, stored, block)


def _link(child: _Child) -> bytes:
    # The name is empty but present: leaving it out makes another hash.
    return _field(b"\x0a", child.binary) + b"\x12\x00\x18" + _varint(child.stored)


def _field(tag: bytes, payload: bytes) -> bytes:
    return tag + _varint(len(payload)) + payload


def _joined(tag: bytes, numbers: Iterable[int]) -> bytes:
    return b"".join(tag + _varint(number) for number in numbers)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
