"""Decoded sound as numbers: planes of float32 between -1 and 1, mixed down to one or two channels.

Everything here is plain arithmetic, sample by sample in one order, so that every machine gives
the same numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal, TypeVar

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Sound of shape (channels, n). Full scale is 1; what exceeds it is kept until it is written."""

Number = TypeVar("Number", bound=np.generic)

Channels = Literal[1, 2]

BLOCK = 32_768
"""Samples that are worked on together."""

LOUDEST = 8.0
"""Values beyond this are no sound but damage; they are held here, and what is no number is 0."""

_NUMBERS = {"u8": "u1", "s16": "i2", "s32": "i4", "flt": "f4", "dbl": "f8"}
_HALF_POWER = 0.7071067811865476
_PLACES = {
    **dict.fromkeys(("FL", "DL"), (1.0, 0.0)),
    **dict.fromkeys(("FR", "DR"), (0.0, 1.0)),
    **dict.fromkeys(("LFE", "LFE2"), (0.0, 0.0)),
    "FLC": (_HALF_POWER, 0.0),
    "FRC": (0.0, _HALF_POWER),
}


def silence(channels: int, length: int) -> Samples:
    """Make `length` samples of silence."""
    return np.zeros((channels, length), np.float32)


def silent(channels: int, length: int) -> Iterator[Samples]:
    """Give `length` samples of silence in blocks of moderate size; none when it is not positive."""
    for at in range(0, length, BLOCK):
        yield silence(channels, min(BLOCK, length - at))


def in_frames(track: Iterable[NDArray[Number]], length: int) -> Iterator[NDArray[Number]]:
    """Cut consecutive blocks anew into frames of `length` samples; the last may be shorter."""
    held: list[NDArray[Number]] = []
    count = 0
    for block in track:
        held.append(block)
        count += block.shape[1]
        if count < length:
            continue
        data, whole = np.concatenate(held, axis=1), count // length * length
        for at in range(0, whole, length):
            yield data[:, at : at + length]
        held, count = [data[:, whole:]], count - whole
    if count:
        yield np.concatenate(held, axis=1)


def planes(frame: AudioFrame) -> NDArray[Any]:
    """Take the numbers out of a frame as the decoder gave them, shape (channels, n)."""
    numbers, channels = _NUMBERS[frame.format.name.removesuffix("p")], frame.layout.nb_channels
    if frame.format.is_packed:
        count = frame.samples * channels
        return np.frombuffer(memoryview(frame.planes[0]), numbers, count).reshape(-1, channels).T
    # Beyond eight channels PyAV counts planes that are not there, and its `to_ndarray` crashes.
    each = frame.planes[:channels]
    return np.stack([np.frombuffer(memoryview(plane), numbers, frame.samples) for plane in each])


def as_samples(data: NDArray[Any]) -> Samples:
    """Scale decoded numbers of any width so that full scale is 1."""
    match data.dtype.name:
        case "uint8":
            return (data.astype(np.float32) - np.float32(128)) / np.float32(128)
        case "int16":
            return data.astype(np.float32) / np.float32(2**15)
        case "int32":
            return (data / np.float64(2**31)).astype(np.float32)
    whole: NDArray[Any] = np.nan_to_num(data, nan=0.0, posinf=0.0, neginf=0.0)
    return whole.clip(-LOUDEST, LOUDEST).astype(np.float32, copy=False)


def mixed_down(data: Samples, names: Sequence[str], channels: Channels) -> Samples:
    """Bring channels of the given names (FL, FR, FC, LFE, ...) to one or to left and right.

    The weights are those of ITU-R BS.775: centre and surround at 0.7071, no LFE; each side's
    weights are scaled down together so that no full-scale sound can clip. Channels without a
    known place go to the left and the right in turn. One channel becomes two equal ones.
    """
    weights = _weights(tuple(names), channels)
    return np.stack([_weighted(data, row) for row in weights])


def _weighted(data: Samples, row: tuple[float, ...]) -> Samples:
    used = [(plane, weight) for plane, weight in zip(data, row, strict=True) if weight]
    total: Samples = used[0][0] * np.float32(used[0][1])
    for plane, weight in used[1:]:
        total += plane * np.float32(weight)
    return total


@cache
def _weights(names: tuple[str, ...], channels: Channels) -> tuple[tuple[float, ...], ...]:
    """Give the weight of every channel in each of the wanted ones."""
    if len(names) == 1:
        return ((1.0,),) * channels
    sides = [_place(name, index) for index, name in enumerate(names)]
    rows = [[side[0] for side in sides], [side[1] for side in sides]]
    if not any(rows[0]) or not any(rows[1]):
        rows = [[1.0] * len(names)] * 2
    if channels == 1:
        rows = [[left + right for left, right in zip(*rows, strict=True)]]
    scale = max(1.0, *(sum(row) for row in rows), 0.0)
    return tuple(tuple(weight / scale for weight in row) for row in rows)


def _place(name: str, index: int) -> tuple[float, float]:
    """Weigh one channel for left and right by its FFmpeg name."""
    if name in _PLACES:
        return _PLACES[name]
    if name.endswith("C"):
        return _HALF_POWER, _HALF_POWER
    if "L" in name[-2:]:
        return _HALF_POWER, 0.0
    if "R" in name[-2:]:
        return 0.0, _HALF_POWER
    return (1.0, 0.0) if index % 2 == 0 else (0.0, 1.0)
