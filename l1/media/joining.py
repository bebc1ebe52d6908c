"""Cuts parts out of files' sound and joins them, exact to the sample over any number of parts."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import accumulate
from pathlib import Path

import numpy as np

from l1.errors import Refused
from l1.media.listening import hear
from l1.media.samples import Samples, silence, silent
from l1.media.sound import RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some seconds of a file's sound, from `start` on, or of silence where `path` is None.

    It rises from silence over its first `fade_in` seconds and falls to it over the last
    `fade_out`.
    """

    path: Path | None
    seconds: Fraction
    start: Fraction = Fraction(0)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)


def cut(path: Path | None, *, start: Fraction, stop: Fraction) -> Iterator[Samples]:
    """Give stereo sound at 48 kHz from `start` to `stop`, all of it: silence where there is none.

    It has round(`stop` * 48000) - round(`start` * 48000) samples. `path` None is silence. Raises
    `Refused` as `hear` does when there is a file without sound.
    """
    left = round(stop * RATE) - round(start * RATE)
    if left <= 0:
        return
    for block in hear(path, rate=RATE, start=start, stop=stop) if path else ():
        left -= block.shape[1]
        yield block
    yield from silent(2, left)


def joined(parts: Iterable[Part], *, overlap: Fraction = Fraction(0)) -> Iterator[Samples]:
    """Give parts one after the other as stereo sound at 48 kHz.

    Each begins `overlap` seconds before the end of the one before it, and they are cross-faded
    there: the weights of both are straight lines whose sum is 1. Every part begins at the sample
    nearest to its moment, so that lengths which are no whole number of samples add up without
    drift. Raises `Refused` when a part is too short for what overlaps it.
    """
    parts = tuple(parts)
    bounds = _bounds(parts, overlap)
    carried = silence(2, 0)
    for index, (part, (begin, end)) in enumerate(zip(parts, bounds, strict=True)):
        after = bounds[index + 1][0] if index + 1 < len(bounds) else end
        length, tail = end - begin, end - after
        if length < carried.shape[1] + tail:
            raise Refused(
                f"Clip {index + 1} lasts {float(part.seconds):.3f} s, too short for a transition "
                f"of {float(overlap):.3f} s; shorten the transition"
            )
        sound = _faded(part, length, carried.shape[1], tail)
        carried = yield from _laid_over(sound, carried, length - tail)


def _laid_over(
    sound: Iterable[Samples], carried: Samples, length: int
) -> Generator[Samples, None, Samples]:
    """Add what was carried over to the beginning, and return what comes after `length`."""
    at, kept = 0, [silence(2, 0)]
    for block in sound:
        under = carried[:, at : at + block.shape[1]]
        mixed = block.copy() if under.shape[1] else block
        mixed[:, : under.shape[1]] += under
        whole = max(0, length - at)
        at += block.shape[1]
        if whole:
            yield mixed[:, :whole]
        kept.append(mixed[:, whole:])
    return np.concatenate(kept, axis=1)


def _bounds(parts: Sequence[Part], overlap: Fraction) -> list[tuple[int, int]]:
    """Number the first sample of every part, and the one after its last."""
    starts = accumulate((part.seconds - overlap for part in parts), initial=Fraction(0))
    return [
        (round(start * RATE), round((start + part.seconds) * RATE))
        for start, part in zip(starts, parts, strict=False)
    ]


def _faded(part: Part, length: int, head: int, tail: int) -> Iterator[Samples]:
    """Cut a part of `length` samples, with its own fades and those into its neighbours."""
    first = round(part.start * RATE)
    start, stop = Fraction(first, RATE), Fraction(first + length, RATE)
    rises = [size for size in (round(part.fade_in * RATE), head) if size]
    falls = [size for size in (round(part.fade_out * RATE), tail) if size]
    at = 0
    for block in cut(part.path, start=start, stop=stop):
        places = np.arange(at, at + block.shape[1])
        at += block.shape[1]
        near = [(places, size) for size in rises if places[0] < size]
        near += [(length - 1 - places, size) for size in falls if places[-1] >= length - size]
        yield reduce(lambda sound, edge: sound * _ramp(*edge), near, block)


def _ramp(places: np.ndarray[tuple[int], np.dtype[np.int64]], size: int) -> Samples:
    """Weigh samples by their distance from silence: a straight line up to 1 at `size`."""
    return ((2 * places + 1) / (2 * size)).clip(0, 1).astype(np.float32)[None, :]
