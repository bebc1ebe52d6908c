"""Fragments of MP4: encoded pictures or sound that can be stored, shown and joined piece by piece.

A track is a header (ISO/IEC 14496-12 boxes `ftyp` and `moov`) and fragments (`moof` and `mdat`),
as HTTP Live Streaming takes them (RFC 8216, 3.3). Times count from the first packet of the whole
track, so that none is negative; an edit list in the header says which moment of them is 0. A
fragment's bytes depend on its packets alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import av
from av.container import OutputContainer

_KEY, _OTHER = 0x02000000, 0x01010000
"""Sample flags: depends on no other sample; depends on others, and is no place to begin."""
_TRUN = 0x000F01
"""The data's offset, and for each sample duration, size, flags and time of composition."""
_BASE_IS_MOOF = 0x020000


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One encoded packet. Times are in ticks of the track's timescale, `dts` never negative."""

    data: bytes
    dts: int
    pts: int
    duration: int
    is_key: bool


def pack(packets: Sequence[Coded], *, number: int) -> bytes:
    """Write packets as fragment `number`, counted from 1."""
    samples = b"".join(
        struct.pack(
            ">IIIi", each.duration, len(each.data), _KEY if each.is_key else _OTHER,
            each.pts - each.dts,
        )
        for each in packets
    )  # fmt: skip
    # moof(8) mfhd(16) traf(8) tfhd(16) tfdt(20) trun(20 + samples), then the mdat's own header.
    offset = 8 + 16 + 8 + 16 + 20 + 20 + len(samples) + 8
    run = struct.pack(">Ii", len(packets), offset) + samples
    traf = (
        _full("tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", 1))
        + _full("tfdt", 1, 0, struct.pack(">Q", packets[0].dts))
        + _full("trun", 1, _TRUN, run)
    )
    moof = _box("moof", _full("mfhd", 0, 0, struct.pack(">I", number)) + _box("traf", traf))
    return moof + _box("mdat", b"".join(each.data for each in packets))


def unpack(data: bytes) -> Iterator[Coded]:
    """Read the packets of a fragment that `pack` wrote. Raises `ValueError` for anything else."""
    traf = _inside(data, b"moof", b"traf")
    at = _number(">Q", _inside(traf, b"tfdt"), 4)
    run = _inside(traf, b"trun")
    payload, place = _inside(data, b"mdat"), 0
    if len(run) != 12 + 16 * _number(">I", run, 4):
        raise ValueError("the fragment is cut short")
    for duration, size, flags, late in struct.iter_unpack(">IIIi", run[12:]):
        if place + size > len(payload):
            break
        yield Coded(
            data=payload[place : place + size], dts=at, pts=at + late, duration=duration,
            is_key=flags == _KEY,
        )  # fmt: skip
        at, place = at + duration, place + size
    if place != len(payload):
        raise ValueError("the fragment is cut short")


def with_zero(header: bytes, zero: int) -> bytes:
    """Answer the header of a file that begins with one.

    `zero` is the tick, from the first packet on, that is shown or heard as the moment 0. Raises
    `ValueError` where there is no header.
    """
    moov = b"".join(_with_edit(_inside(header, b"moov"), zero))
    return _box_of(b"ftyp", _inside(header, b"ftyp")) + _box("moov", moov)


def zero_of(header: bytes) -> int:
    """Read which tick is the moment 0. Raises `ValueError` where no header says so."""
    return _number(">i", _inside(header, b"moov", b"trak", b"edts", b"elst"), 12)


def open_header(timescale: int | None = None) -> tuple[OutputContainer, BytesIO]:
    """Open a container in memory for the one stream of a track.

    Once it is begun it has a header; without a `timescale`, once it has a packet and is closed,
    since of some sounds only the first packet tells what a header says.
    """
    file = BytesIO()
    flags = "+frag_custom+empty_moov+default_base_moof"
    options = {"fflags": "+bitexact", "movflags": flags}
    if timescale is None:
        options["movflags"] += "+delay_moov"
    else:
        options["video_track_timescale"] = str(timescale)
    return av.open(file, "w", format="mp4", options=options), file


def timescale_of(header: bytes) -> int:
    """Read how many ticks the second of a track has. Raises `ValueError` without a header."""
    mdhd = _inside(header, b"moov", b"trak", b"mdia", b"mdhd")
    return _number(">I", mdhd, 20 if mdhd[:1] == b"\1" else 12)


def _inside(data: bytes, *kinds: bytes) -> bytes:
    """Find a box within boxes."""
    for kind in kinds:
        found = dict(_boxes(data))
        if kind not in found:
            raise ValueError(f"the fragment has no {kind.decode()}")
        data = found[kind]
    return data


def _number(form: str, data: bytes, place: int) -> int:
    if len(data) < place + struct.calcsize(form):
        raise ValueError("the fragment is cut short")
    return int(struct.unpack_from(form, data, place)[0])


def _with_edit(moov: bytes, zero: int) -> Iterator[bytes]:
    for kind, body in _boxes(moov):
        if kind != b"trak":
            yield _box_of(kind, body)
            continue
        parts = [(name, part) for name, part in _boxes(body) if name != b"edts"]
        edit = _box("edts", _full("elst", 0, 0, struct.pack(">IIiI", 1, 0, zero, 0x10000)))
        yield _box(
            "trak",
            b"".join(
                _box_of(name, part) + (edit if name == b"tkhd" else b"") for name, part in parts
            ),
        )


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Walk boxes with 32-bit sizes, which are all that is written here."""
    place = 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        if size < 8 or place + size > len(data):
            raise ValueError("the fragment is cut short")
        yield kind, data[place + 8 : place + size]
        place += size
    if place != len(data):
        raise ValueError("the fragment is cut short")


def _box(kind: str, body: bytes) -> bytes:
    return _box_of(kind.encode(), body)


def _box_of(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: str, version: int, flags: int, body: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + body)
