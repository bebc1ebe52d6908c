"""What a probe found in a file: canonical facts, integers only, so that they can be recorded."""

from typing import Literal

import msgspec

Kind = Literal["video", "audio", "image", "text", "data"]
"""What content is good for. `data` is anything no node can open."""


class VideoInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One video (or picture) stream. The rate is frames per `rate_den` / `rate_num` second."""

    codec: str
    width: int
    height: int
    pixel_format: str
    frames: int = 0
    rate_num: int = 0
    rate_den: int = 1
    rotation: int = 0


class AudioInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One audio stream."""

    codec: str
    sample_rate: int
    channels: int


class MediaInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a probe.

    `problem` is set when the bytes claim to be media but cannot be used; it says why, for a
    person. `media_type` is the IANA media type by which the content is served.
    """

    kind: Kind
    media_type: str
    container: str = ""
    duration_us: int = 0
    video: VideoInfo | None = None
    audio: AudioInfo | None = None
    problem: str = ""
