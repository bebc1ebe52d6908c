"""The two ways of writing H.264: units after start codes, as encoders do, or after their lengths.

ITU-T H.264 annex B, and ISO/IEC 14496-15, 5.3.2. The units themselves are the same.
"""

import re
from collections.abc import Iterator

_START = re.compile(rb"\x00\x00\x01")
_CODE = b"\x00\x00\x00\x01"
_LENGTH = 4


def to_lengths(data: bytes) -> bytes:
    """Write each unit of a packet after its length, as files and fragments hold them."""
    starts = [found.end() for found in _START.finditer(data)]
    ends = [start - 3 for start in starts[1:]] + [len(data)] * bool(starts)
    # A zero before a start code belongs to it, not to the unit, which never ends in one.
    units = [data[a:b].rstrip(b"\0") for a, b in zip(starts, ends, strict=True)]
    return b"".join(len(unit).to_bytes(_LENGTH, "big") + unit for unit in units)


def to_start_codes(data: bytes) -> bytes:
    """Write each unit after a start code, as the muxer of a fresh encoder wants them."""
    return b"".join(_CODE + unit for unit in _units(data))


def _units(data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        end = place + _LENGTH + int.from_bytes(data[place : place + _LENGTH], "big")
        if end > len(data):
            raise ValueError("the fragment is cut short")
        yield data[place + _LENGTH : end]
        place = end
