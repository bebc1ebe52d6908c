"""The pieces of an encoded sound, in order: content that names them all once they are there."""

import msgspec

from l1.content.canonical import canonical_struct
from l1.content.cid import Cid


class PlayedPiece(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece, and how long it plays."""

    cid: Cid
    length_us: int


class Pieces(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All pieces of a sound; `header` is empty when it has not one."""

    header: Cid
    pieces: tuple[PlayedPiece, ...]

    def to_json(self) -> bytes:
        """Write it canonically, ready to be stored as content."""
        return canonical_struct(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Pieces":
        """Read it back. Raises `ValueError` for anything else."""
        return msgspec.json.decode(data, type=cls)
