"""Gives a file's sound as samples on a timeline that is exact to the sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.frame import Frame
from numpy.typing import NDArray

from l1.errors import Refused
from l1.media.opening import main_audio, main_video, opened, packets_in
from l1.media.placing import Form, Piece, placed
from l1.media.resampling import Resampler, grid, reach
from l1.media.samples import BLOCK, Channels, Samples, as_samples, mixed_down, silence, silent


def hear(
    path: Path,
    *,
    rate: int = 48_000,
    channels: Channels = 2,
    start: Fraction = Fraction(0),
    stop: Fraction | None = None,
) -> Iterator[Samples]:
    """Give the sound between two moments, in blocks of shape (channels, n) at `rate` hertz.

    Time zero is the first picture of a video, and the first sound of a file without one. Sample
    k of the sound is the one at k / `rate` seconds: a part starts with sample round(`start` *
    `rate`) and holds the very samples that the whole has there, so that parts which meet make
    the whole. What a video has before its sound begins, gaps and moments before zero are silence;
    after the last sound there is nothing, even when `stop` is later. Encoder delay is left out,
    and so is the filling of the last packet where the file tells.

    Raises `Refused` (at the first block) when the file holds no sound that can be decoded.
    """
    first, last = round(start * rate), None if stop is None else round(stop * rate)
    done = first
    with _opened_sound(path) as pieces:
        for at, block in _rendered(pieces, rate, channels, first):
            for fitting in _fitted(block, at, done, last):
                done += fitting.shape[1]
                yield fitting
            if last is not None and done >= last:
                return


def sound_end(path: Path) -> Fraction:
    """Tell when the last sound of a file ends, in seconds from the time zero of `hear`.

    Raises `Refused` as `hear` does.
    """
    end = Fraction(0)
    with _opened_sound(path) as pieces:
        for piece in pieces:
            end = Fraction(piece.end, piece.form.rate)
    return end


def time_zero(path: Path) -> Fraction:
    """Tell which second of the file's own time is the time zero of `hear`."""
    with opened(path) as container:
        stream = main_video(container) or main_audio(container)
        for packet in packets_in(container, stream) if stream else ():
            with suppress(av.FFmpegError):
                for frame in packet.decode():
                    assert isinstance(frame, Frame)
                    return Fraction((frame.pts or 0) * (frame.time_base or 0))
    return Fraction(0)


@contextmanager
def _opened_sound(path: Path) -> Iterator[Iterator[Piece]]:
    """Open a file for its placed sound, of which there is some."""
    with opened(path) as container:
        stream = main_audio(container)
        if stream is None:
            raise Refused("This file holds no sound; give this step sound or a video with sound")
        zero = None if main_video(container) is None else time_zero(path)
        pieces = placed(container, stream, zero)
        if (first := next(pieces, None)) is None:
            raise Refused("Not one packet of the sound can be decoded; upload it again")
        yield chain([first], pieces)


def _rendered(
    pieces: Iterator[Piece], rate: int, channels: Channels, first: int
) -> Iterator[tuple[int, Samples]]:
    """Resample runs of one form, giving each block with the number of its first sample."""
    for form, run in groupby(pieces, lambda piece: piece.form):
        resampler = Resampler(form.rate, rate, channels)
        at, end = None, 0
        for start, data in _joined(run, form, rate, first):
            at = start * rate // form.rate if at is None else at
            end = start + data.shape[1]
            block = resampler.push(mixed_down(data, form.names, channels))
            yield at, block
            at += block.shape[1]
        if at is not None:
            rest = (2 * end * rate + form.rate) // (2 * form.rate) - at
            yield at, _of_length(resampler.finish(), rest)


def _joined(
    pieces: Iterable[Piece], form: Form, rate: int, first: int
) -> Iterator[tuple[int, Samples]]:
    """Make pieces of one form one sound without gaps, in blocks with the number of their start.

    It begins where samples of both rates coincide, and leaves out what is heard neither in output
    sample `first` nor by the filter around it.
    """
    unit = grid(form.rate, rate)
    needed = first * form.rate // rate - reach(form.rate, rate)
    skipped, done, held, length = False, None, list[NDArray[Any]](), 0
    for piece in pieces:
        if piece.end <= needed:
            skipped = True
            continue
        if done is None:
            done = (needed if skipped else max(piece.at, needed)) // unit * unit
        if held and (piece.at > done + length or length >= BLOCK):
            yield done, _float(held)
            done, held, length = done + length, [], 0
        for zeros in silent(len(form.names), piece.at - done - length):
            yield done, zeros
            done += zeros.shape[1]
        held.append(piece.data()[:, max(0, done + length - piece.at) :])
        length += held[-1].shape[1]
    if done is not None and held:
        yield done, _float(held)


def _float(held: list[NDArray[Any]]) -> Samples:
    return as_samples(np.concatenate(held, axis=1))


def _fitted(block: Samples, at: int, done: int, last: int | None) -> Iterator[Samples]:
    """Give what of a block comes after sample `done` and before `last`, with silence up to it."""
    if last is not None:
        block = block[:, : max(0, last - at)]
        at = min(at, last)
    yield from silent(block.shape[0], at - done)
    if at + block.shape[1] > done:
        yield block[:, max(0, done - at) :]


def _of_length(block: Samples, length: int) -> Samples:
    missing = silence(block.shape[0], max(0, length - block.shape[1]))
    return np.concatenate([block, missing], axis=1)[:, : max(0, length)]
