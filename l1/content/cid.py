"""The names of content: a CID is the primary id, a SHA3-256 hex digest its second."""

import base64
import re
from dataclasses import dataclass
from typing import Literal, NewType, TypeGuard

from l1.errors import Refused

Cid = NewType("Cid", str)
"""CIDv1 in base32 (`baf...`), as the profile unixfs-v1-2025 makes it."""

ContentHash = NewType("ContentHash", str)
"""SHA3-256 of the bytes, 64 lower-case hex digits."""

IdentifierKind = Literal["cid", "cid_v0", "content_hash"]
"""The spellings under which content may be asked for."""

RAW = b"\x01\x55\x12\x20"
"""Binary CIDv1 up to the digest: a block that is the bytes themselves, under SHA-256."""

DAG_PB = b"\x01\x70\x12\x20"
"""Binary CIDv1 up to the digest: a node with links, under SHA-256."""

SHA2_256 = b"\x12\x20"
"""Multihash up to the digest; with the digest it is a binary CIDv0."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

# 36 bytes are 58 letters with two bits over: the 7th letter ends the fixed prefix and the last
# one must leave those bits zero, so that each CID has exactly one spelling.
_CID = re.compile(r"baf(?:kr|yb)ei[a-h][a-z2-7]{50}[aeimquy4]", re.ASCII)
_CID_V0 = re.compile(rf"Qm[{_BASE58}]{{44}}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentName:
    """One way of naming content, with the spelling that it is looked up by."""

    kind: IdentifierKind
    text: str


def is_cid(text: str) -> TypeGuard[Cid]:
    """Tell whether `text` is a CIDv1 of file content in its one spelling (base32, SHA-256)."""
    return _CID.fullmatch(text) is not None


def is_cid_v0(text: str) -> bool:
    """Tell whether `text` is a CIDv0 (`Qm...`)."""
    return _CID_V0.fullmatch(text) is not None and _base58_decode(text)[:2] == SHA2_256


def is_content_hash(text: str) -> TypeGuard[ContentHash]:
    """Tell whether `text` is 64 lower-case hex digits."""
    return _HEX.fullmatch(text) is not None


def parse_identifier(text: str) -> ContentName:
    """Tell what kind of name `text` is; hex digits may come in either case.

    Raises `Refused` (code `bad_identifier`) for anything that names no content.
    """
    if is_cid(text):
        return ContentName(kind="cid", text=text)
    if is_cid_v0(text):
        return ContentName(kind="cid_v0", text=text)
    if is_content_hash(text.lower()):
        return ContentName(kind="content_hash", text=text.lower())
    shown = text if len(text) <= 80 else text[:77] + "..."
    raise Refused(
        f"{shown!r} names no content: use a CIDv1 in base32 (bafkrei... or bafybei..., "
        "59 characters), a CIDv0 (Qm..., 46 characters) or a SHA3-256 of 64 hex digits",
        code="bad_identifier",
        identifier=shown,
    )


def spell(name: bytes) -> Cid:
    """Write a binary CID as text: a bare multihash as CIDv0, anything else as base32 CIDv1."""
    if name[:2] == SHA2_256:
        return Cid(_base58_encode(name))
    return Cid("b" + base64.b32encode(name).decode().lower().rstrip("="))


def to_binary(text: str) -> bytes:
    """Read a CID, v0 or v1, back into its binary form; `Refused` if it is none."""
    name = parse_identifier(text)
    match name.kind:
        case "cid":
            return base64.b32decode(text[1:].upper() + "======")
        case "cid_v0":
            return _base58_decode(text)
        case "content_hash":
            raise Refused(f"{text!r} is a SHA3-256, not a CID", code="bad_identifier")


def _base58_encode(data: bytes) -> str:
    # A multihash starts with 0x12, so the rule for leading zero bytes never applies.
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        letters = _BASE58[rest] + letters
    return letters


def _base58_decode(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number * 58 + _BASE58.index(letter)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
