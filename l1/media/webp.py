"""Animated WebP, as its own chunks describe it; nothing here decodes a picture.

RFC 9649, "WebP Image Format".
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from l1.content.media_info import MediaInfo, VideoInfo
from l1.errors import Refused
from l1.media.limits import let_in
from l1.media.opening import too_large
from l1.media.wholeness import is_cut_short

_DAMAGED = "The animated WebP is damaged or cut short. Check that it plays and upload it again"


def describe_webp(path: Path) -> MediaInfo:
    """Describe an animated WebP. Raises `Refused` when it is damaged or too large."""
    width = height = frames = milliseconds = 0
    for name, head in _chunks(path):
        if name == b"VP8X":
            width, height = (1 + int.from_bytes(head[at : at + 3], "little") for at in (4, 7))
        elif name == b"ANMF":
            frames += 1
            milliseconds += int.from_bytes(head[12:15], "little")
    if not width or not frames or is_cut_short(path, "image/webp"):
        raise Refused(_DAMAGED, code="media_unusable")
    if width * height > let_in().pixels:
        raise too_large(width, height)
    if milliseconds > let_in().seconds * 1000:
        raise Refused(
            f"The animation is {milliseconds // 1000} s long, more than the {let_in().seconds} s "
            "allowed; cut it",
            code="media_unusable",
        )
    rate = Fraction(frames * 1000, milliseconds) if milliseconds else Fraction(0)
    return MediaInfo(
        kind="image",
        media_type="image/webp",
        container="webp",
        duration_us=milliseconds * 1000,
        video=VideoInfo(
            codec="webp",
            width=width,
            height=height,
            pixel_format="bgra",
            frames=frames,
            rate_num=rate.numerator,
            rate_den=rate.denominator,
        ),
    )


def _chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Name the chunks of a file, each with its first 16 bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 12
        while at + 8 <= size:
            file.seek(at)
            head = file.read(24)
            yield head[:4], head[8:]
            length = int.from_bytes(head[4:8], "little")
            at += 8 + length + length % 2
