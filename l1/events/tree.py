"""The Merkle tree over the log (RFC 6962 section 2.1): anyone can check what a log holds.

The leaf of position p is tree index p - 1. Hashing is SHA-256 with the RFC's domain separation:
0x00 before a leaf's text, 0x01 before two children.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from uuid import UUID

_LENGTH = struct.Struct(">I").pack
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a log that holds nothing."""


def prefixed(*parts: bytes) -> bytes:
    """Join parts, each behind its length as four big-endian bytes, so that none can run over."""
    return b"".join([_LENGTH(len(part)) + part for part in parts])


def body_hash(
    event_id: UUID, stream: str, kind: str, schema: int, meta: bytes, data: bytes
) -> bytes:
    """Hash what is known of a fact before it has a place in the log."""
    parts = (str(event_id).encode(), stream.encode(), kind.encode(), b"%d" % schema, meta, data)
    return hashlib.sha256(prefixed(*parts)).digest()


def leaf_hash(position: int, version: int, at_us: int, body: bytes) -> bytes:
    """Hash a fact with its place: log position, stream version, microseconds since 1970 UTC."""
    place = (number.to_bytes(8, signed=True) for number in (position, version, at_us))
    return hashlib.sha256(b"\x00" + prefixed(*place, body)).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees of a growing tree: enough to add leaves and tell the root.

    Memory is one hash per binary digit of the size.
    """

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put one more leaf at the end."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self._roots.pop(), node)
            size >>= 1
        self._roots.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """Add leaves in order and answer this frontier."""
        for leaf in leaves:
            self.add(leaf)
        return self

    def root(self) -> bytes:
        """Tell the root of the tree so far."""
        if not self._roots:
            return EMPTY_ROOT
        node = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            node = node_hash(left, node)
        return node


def root(leaves: Sequence[bytes]) -> bytes:
    """Tell the root of a whole tree (MTH of the RFC)."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Make the audit path for leaf `index` (RFC 6962 section 2.1.1)."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(left, index), root(right)]
    return [*inclusion_proof(right, index - split), root(left)]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Check an audit path (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, first, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            node = node_hash(sibling, node)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and node == expected


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Show that the first `old_size` leaves are a prefix (RFC 6962 section 2.1.2)."""
    if not 0 < old_size < len(leaves):
        return []
    return _subproof(leaves, old_size, whole=True)


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, whole=whole), root(right)]
    return [*_subproof(right, old_size - split, whole=False), root(left)]


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Check that the tree of `new_size` leaves extends the one of `old_size` (RFC 9162 2.1.4.2)."""
    if old_size in (0, new_size):
        return not proof and (old_size == 0 or old_root == new_root)
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    first, last = old_size - 1, new_size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            new = node_hash(new, node)
        first, last = first >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """Tell the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
