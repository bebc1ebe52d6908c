"""Renders a film in pieces that are stored by themselves, and joins them to the same MP4.

Pictures are cut into segments as whole renders encode them too; sound is encoded once and cut
between its packets, since sound that is encoded in parts would drift. So the joined file has, to
the byte, what a render in one go would have written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby, pairwise
from math import ceil
from pathlib import Path
from typing import cast

from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

from l1.content.canonical import digest
from l1.media.encoding import (
    VideoShape,
    add_video,
    encode_segment,
    interleave,
    open_video,
    segment_frames,
    shape_of,
)
from l1.media.film import Film
from l1.media.fragments import (
    Coded,
    open_header,
    pack,
    timescale_of,
    unpack,
    with_zero,
    zero_of,
)
from l1.media.mapping import counted
from l1.media.nal import to_lengths, to_start_codes
from l1.media.sound import Sound

_DELAY = 2
"""Frames by which the encoder's times of decoding may run ahead of the first picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One encoded piece of a film, with the header of its track; `seconds` is how long it lasts."""

    header: bytes
    data: bytes
    seconds: Fraction


def segment_count(film: Film) -> int:
    """Count the segments of a film."""
    return ceil(film.frames / segment_frames(film.rate))


def segment_span(film: Film, index: int) -> tuple[int, int]:
    """Tell the first picture of a segment, and the one after its last."""
    length = segment_frames(film.rate)
    return index * length, min((index + 1) * length, film.frames)


def segment_needs(film: Film, index: int) -> str:
    """Name all that decides the bytes of a segment."""
    first, stop = segment_span(film, index)
    return digest(
        {
            "pictures": film.needs(first, stop),
            "first": first,
            "stop": stop,
            "rate": [film.rate.numerator, film.rate.denominator],
            "aspect": [film.aspect.numerator, film.aspect.denominator],
        }
    )


def sound_needs(film: Film) -> str:
    """Name all that decides the sound and how it is cut; empty when there is none."""
    if film.sound is None:
        return ""
    every = segment_frames(film.rate) / film.rate
    return digest({"sound": film.sound.needs, "every": [every.numerator, every.denominator]})


def render_segment(film: Film, index: int, progress: Callable[[int], None]) -> Piece:
    """Make and encode the pictures of one segment; `progress(done)` is told after each."""
    first, stop = segment_span(film, index)
    shape, pictures = shape_of(film.part(first, stop), rate=film.rate, aspect=film.aspect)
    tick = _ticks_of_frame(film.rate)

    shown = counted(pictures, total=stop - first, progress=lambda done, _: progress(done))
    packets = list(encode_segment(shown, shape=shape, start=first))
    times = [(packet.dts or 0) + _DELAY for packet in packets]
    lasting = [after - before for before, after in pairwise(times)] + [1]
    coded = [
        Coded(
            data=to_lengths(bytes(packet)),
            dts=time * tick,
            pts=((packet.pts or 0) + _DELAY) * tick,
            duration=frames * tick,
            is_key=packet.is_keyframe,
        )
        for packet, time, frames in zip(packets, times, lasting, strict=True)
    ]
    return Piece(
        header=_video_header(shape),
        data=pack(coded, number=index + 1),
        seconds=(stop - first) / film.rate,
    )


def render_sound(film: Film) -> Iterator[Piece]:
    """Encode or copy the sound of a film in pieces, each up to the next segment's beginning."""
    if film.sound is None:
        return
    container, file = open_header()
    with film.sound.open(container) as sound:
        leading = next(_bare(sound), None) if sound else None
        if sound is None or leading is None:
            return
        container.start_encoding()
        zero = min(0, leading.dts or 0) * leading.time_base
        leading.stream = sound.stream
        container.mux_one(leading)
        container.close()
    scale = timescale_of(file.getvalue())
    header = with_zero(file.getvalue(), round(-zero * scale))
    every = segment_frames(film.rate) / film.rate
    again, _ = open_header()
    with film.sound.open(again) as sound:
        assert sound is not None  # it was there a moment ago
        again.start_encoding()
        pieces = groupby(_bare(sound), lambda packet: _moment(packet) // every)
        for number, (_, packets) in enumerate(pieces, 1):
            coded = _coded_sound(list(packets), zero, scale)
            yield Piece(
                header=header,
                data=pack(coded, number=number),
                seconds=Fraction(sum(each.duration for each in coded), scale),
            )
        again.close()


def _bare(sound: Sound) -> Iterator[Packet[AudioStream]]:
    """Take off what broadcasts say before each packet of AAC (ISO/IEC 14496-3, 1.A.2.2)."""
    coder = sound.stream.codec_context
    if coder.name != "aac" or coder.extradata:
        yield from sound.packets
        return
    taking_off = BitStreamFilterContext("aac_adtstoasc", "aac")
    for packet in sound.packets:
        time_base = packet.time_base
        for bare in taking_off.filter(packet):
            bare.time_base = time_base
            yield cast("Packet[AudioStream]", bare)


def _moment(packet: Packet[AudioStream]) -> Fraction:
    return max(Fraction(0), (packet.dts or 0) * packet.time_base)


def _coded_sound(packets: Sequence[Packet[AudioStream]], zero: Fraction, scale: int) -> list[Coded]:
    # By the times of decoding, which alone always rise; of sound they are those of playing.
    times = [round(((packet.dts or 0) * packet.time_base - zero) * scale) for packet in packets]
    last = round((packets[-1].duration or 0) * packets[-1].time_base * scale)
    lasting = [after - before for before, after in pairwise(times)] + [last]
    return [
        Coded(data=bytes(packet), dts=time, pts=time, duration=ticks, is_key=True)
        for packet, time, ticks in zip(packets, times, lasting, strict=True)
    ]


def join(
    output: Path,
    film: Film,
    segments: Iterable[bytes],
    sound: Iterable[bytes] = (),
    sound_header: bytes = b"",
) -> None:
    """Write an MP4 of a film's segments, all of them in order, and of its sound.

    `sound` are the pieces of a sound that had to be encoded and has a header; one that is copied
    is copied again. Pieces are asked for when their turn comes. Raises `ValueError` for damaged
    ones.
    """
    shape, _ = shape_of(film.part(0, 1), rate=film.rate, aspect=film.aspect)
    with open_video(output, shape) as (container, stream):
        if film.sound is None:
            interleave(container, stream, _joined(segments, film.rate), None)
            return
        coded = _heard(sound, sound_header) if sound_header else None
        with film.sound.open(container, coded) as heard:
            interleave(container, stream, _joined(segments, film.rate), heard)


def _joined(segments: Iterable[bytes], rate: Fraction) -> Iterator[Packet[VideoStream]]:
    tick = _ticks_of_frame(rate)
    for coded in chain.from_iterable(map(unpack, segments)):
        packet = cast("Packet[VideoStream]", Packet(to_start_codes(coded.data)))
        packet.dts, packet.pts = coded.dts // tick - _DELAY, coded.pts // tick - _DELAY
        packet.time_base = 1 / rate
        packet.is_keyframe = coded.is_key
        yield packet


def _heard(pieces: Iterable[bytes], header: bytes) -> Iterator[Packet[AudioStream]]:
    scale, zero = timescale_of(header), zero_of(header)
    for coded in chain.from_iterable(map(unpack, pieces)):
        packet = cast("Packet[AudioStream]", Packet(coded.data))
        packet.dts = packet.pts = coded.pts - zero
        packet.duration = coded.duration
        packet.time_base = Fraction(1, scale)
        packet.is_keyframe = True
        yield packet


def _video_header(shape: VideoShape) -> bytes:
    tick = _ticks_of_frame(shape.rate)
    container, file = open_header(int(tick * shape.rate))
    add_video(container, shape)
    container.start_encoding()
    container.close()
    return with_zero(file.getvalue(), _DELAY * tick)


def _ticks_of_frame(rate: Fraction) -> int:
    """Count the ticks of a frame on a scale on which it has a whole number of them."""
    return rate.denominator * ceil(1000 / rate.numerator)
