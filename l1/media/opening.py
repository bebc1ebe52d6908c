"""Opens media that strangers made, with everything shut that is not needed."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from l1.errors import Failure, Refused, Unavailable
from l1.media.engine import hold_cpu_class, plain_routines
from l1.media.limits import AUDIO_CODECS, FORMATS, PROBE_BYTES, VIDEO_CODECS, let_in
from l1.media.sniffing import Look, look_at

Medium = TypeVar("Medium", bound=Stream)


@contextmanager
def opened(path: Path, look: Look | None = None) -> Iterator[InputContainer]:
    """Open a media file by the demuxer that its first bytes call for.

    Raises `Refused` when the file cannot be opened or read as such, also from the body.
    """
    hold_cpu_class()
    look = look or look_at(path)
    if look is None or look.demuxer not in FORMATS:
        raise Refused((look and look.refusal) or "This file is not media", code="media_unusable")
    try:
        with av.open(
            f"file:{path.absolute()}",
            format=look.demuxer,
            metadata_errors="replace",
            options={"max_pixels": str(let_in().pixels), "threads": "1"},
            container_options={
                "format_whitelist": look.demuxer if look.demuxer != "mov" else _MOV,
                "protocol_whitelist": "file",
                "probesize": str(PROBE_BYTES),
                "max_streams": str(let_in().streams),
            },
        ) as container:
            yield container
    except av.FFmpegError as error:
        raise unreadable(error) from error


_MOV = "mov,mp4,m4a,3gp,3g2,mj2"


def unreadable(error: av.FFmpegError) -> Failure:
    """Put FFmpeg's complaint into words: the machine is full, or the file is at fault."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable("The disk is full; the work goes on when there is room")
    reason = (error.strerror or str(error)).strip().rstrip(".").lower()
    return Refused(
        f"The media cannot be read ({reason}); it is damaged, cut short or not what it claims "
        "to be. Check that it plays on your machine and upload it again",
        code="media_unusable",
    )


def main_video(container: InputContainer) -> VideoStream | None:
    """Choose the picture stream, made ready to decode safely. Cover art of music is none."""
    for stream in container.streams.video:
        if not stream.disposition & _COVER:
            guard(stream)
            return stream
    return None


def main_audio(container: InputContainer) -> AudioStream | None:
    """Choose the sound stream, made ready to decode safely."""
    for stream in container.streams.audio:
        guard(stream)
        return stream
    return None


def packets_in(container: InputContainer, *streams: Medium) -> Iterator[Packet[Medium]]:
    """Read the packets of some streams in the order of the file; an empty one ends each stream."""
    try:
        yield from cast("Iterator[Packet[Medium]]", container.demux(*streams))
    except IndexError:
        # PyAV's complaint, at the very end, about streams that a damaged file grew on the way.
        return


def sounds_in(packet: Packet[AudioStream]) -> list[AudioFrame]:
    """Decode a packet of sound to the same samples on every processor."""
    with plain_routines():  # Opus picks routines at any packet, others at their first.
        return packet.decode()


_COVER = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails


def codec_of(stream: Stream) -> str:
    """Name the codec, not the library that decodes it: `av1`, never `libdav1d`."""
    context = stream.codec_context
    return str(context.codec.canonical_name) if context else ""


def guard(stream: VideoStream | AudioStream) -> None:
    """Refuse a codec or size that is not let in, and bound what the decoder may take.

    FFmpeg's own codec_whitelist is not enforced for decoding, and its max_pixels counts for
    probing alone unless the decoder is told too.
    """
    codec = codec_of(stream)
    allowed = VIDEO_CODECS if isinstance(stream, VideoStream) else AUDIO_CODECS
    if codec not in allowed:
        raise Refused(
            f"The {stream.type} codec {codec or 'inside'} is not supported; convert the file to "
            "MP4 with H.264 and AAC, or to PNG, JPEG, WAV or FLAC",
            code="media_unusable",
            codec=codec,
        )
    stream.codec_context.thread_count = 1
    if isinstance(stream, VideoStream):
        most = let_in().pixels
        stream.codec_context.options = {"max_pixels": str(most)}
        if stream.width * stream.height > most:
            raise too_large(stream.width, stream.height)
    elif stream.codec_context.channels > let_in().channels:
        raise Refused(
            f"The sound has {stream.codec_context.channels} channels, more than "
            f"{let_in().channels}; mix it down first",
            code="media_unusable",
        )


def too_large(width: int, height: int) -> Refused:
    """Say that a picture has more pixels than are let in."""
    return Refused(
        f"The picture is {width}x{height} pixels, more than the {let_in().pixels} allowed; "
        "scale it down first",
        code="media_unusable",
    )
