"""What is let in: the largest media, and the formats and codecs that are opened at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

MAX_SECONDS = 4 * 3600
MAX_PIXELS = 33_177_600
"""8K: 7680 x 4320."""
MAX_RATE = 240
MAX_CHANNELS = 64
MAX_STREAMS = 16
PROBE_BYTES = 5_000_000


class MediaLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The largest media that are let in.

    `seconds` long, `pixels` in one picture, `rate` frames a second, `channels` of sound, and
    `streams` in one file. Nodes keep what they make within the defaults, whatever is let in.
    """

    seconds: int = MAX_SECONDS
    pixels: int = MAX_PIXELS
    rate: int = MAX_RATE
    channels: int = MAX_CHANNELS
    streams: int = MAX_STREAMS


_let_in: ContextVar[MediaLimits] = ContextVar(
    "let_in",
    default=MediaLimits(),  # noqa: B039 - it is frozen
)


def let_in() -> MediaLimits:
    """Tell the limits that hold here: the defaults, unless inside `letting_in`."""
    return _let_in.get()


@contextmanager
def letting_in(limits: MediaLimits) -> Iterator[None]:
    """Open media under other limits than the defaults, inside the block and in this thread."""
    before = _let_in.set(limits)
    try:
        yield
    finally:
        _let_in.reset(before)


FORMATS = frozenset(
    [
        "aac",
        "aiff",
        "apng",
        "au",
        "avi",
        "bmp_pipe",
        "caf",
        "flac",
        "flv",
        "gif",
        "jpeg_pipe",
        "matroska",
        "mov",
        "mp3",
        "mpeg",
        "mpegts",
        "nut",
        "ogg",
        "png_pipe",
        "tiff_pipe",
        "wav",
        "webp_pipe",
    ]
)
"""Names of demuxers. None of them opens a second file."""

VIDEO_CODECS = frozenset(
    [
        "apng",
        "av1",
        "bmp",
        "cinepak",
        "dnxhd",
        "dvvideo",
        "ffv1",
        "ffvhuff",
        "flv1",
        "gif",
        "h263",
        "h264",
        "hevc",
        "huffyuv",
        "mjpeg",
        "mpeg1video",
        "mpeg2video",
        "mpeg4",
        "msmpeg4v2",
        "msmpeg4v3",
        "png",
        "prores",
        "qtrle",
        "rawvideo",
        "svq3",
        "theora",
        "tiff",
        "utvideo",
        "vp6f",
        "vp8",
        "vp9",
        "webp",
    ]
)

AUDIO_CODECS = frozenset(
    [
        "aac",
        "ac3",
        "adpcm_ima_qt",
        "adpcm_ima_wav",
        "adpcm_ms",
        "alac",
        "amr_nb",
        "amr_wb",
        "eac3",
        "flac",
        "mp2",
        "mp3",
        "opus",
        "pcm_alaw",
        "pcm_f32be",
        "pcm_f32le",
        "pcm_f64be",
        "pcm_f64le",
        "pcm_mulaw",
        "pcm_s16be",
        "pcm_s16le",
        "pcm_s24be",
        "pcm_s24le",
        "pcm_s32be",
        "pcm_s32le",
        "pcm_s8",
        "pcm_u8",
        "vorbis",
    ]
)
