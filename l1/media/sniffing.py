"""Tells from the first bytes what a file is, whatever its name says."""

import codecs
from dataclasses import dataclass
from pathlib import Path

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the first bytes promise.

    `demuxer` is the one that may open the file, empty when none may; `refusal` then says why.
    `audio_type` is the media type when no picture is inside.
    """

    demuxer: str
    media_type: str
    audio_type: str = ""
    still: bool = False
    refusal: str = ""


def look_at(path: Path) -> Look | None:
    """Recognise media by its first bytes; None when it is not media."""
    head = read_head(path)
    for magics, look in _KNOWN:
        if all(head.startswith(magic, at) for at, magic in magics):
            return look
    return _png(head) or _webp(head) or _bitmap(head) or _boxes(head) or _stream(head)


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(HEAD)


def is_text(head: bytes) -> bool:
    """Tell whether these are the first bytes of UTF-8 text without control characters."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(char < " " and char not in "\t\n\r\f\x1b" for char in text)


def playlist_name(head: bytes) -> str:
    """Name the kind of playlist these bytes are, or answer the empty string."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:32].lower()
    if start.startswith(b"#extm3u"):
        return "HLS playlist (m3u8)"
    return "ffconcat list" if start.startswith(b"ffconcat version") else ""


def png_size(head: bytes) -> tuple[int, int]:
    """Read the width and height that a PNG announces, which its decoder hides when they are huge."""
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _still(demuxer: str, media_type: str) -> Look:
    return Look(demuxer=demuxer, media_type=media_type, still=True)


def _video(demuxer: str, name: str) -> Look:
    return Look(demuxer=demuxer, media_type=f"video/{name}", audio_type=f"audio/{name}")


def _audio(demuxer: str, name: str) -> Look:
    return Look(demuxer=demuxer, media_type=f"audio/{name}", audio_type=f"audio/{name}")


def _unsupported(what: str, media_type: str, advice: str) -> Look:
    return Look(demuxer="", media_type=media_type, refusal=f"{what} is not supported; {advice}")


ANIMATED_WEBP = Look(
    demuxer="",
    media_type="image/webp",
    still=True,
    refusal="An animated WebP can be shown, but no step can work on it; convert it to GIF or MP4",
)
"""What is described by `l1/media/webp.py`, and opened by nothing."""


_KNOWN: tuple[tuple[tuple[tuple[int, bytes], ...], Look], ...] = (
    (((0, b"\xff\xd8\xff"),), _still("jpeg_pipe", "image/jpeg")),
    (((0, b"GIF8"),), _still("gif", "image/gif")),
    (((0, b"II*\0"),), _still("tiff_pipe", "image/tiff")),
    (((0, b"MM\0*"),), _still("tiff_pipe", "image/tiff")),
    (((0, b"OggS"),), _video("ogg", "ogg")),
    (((0, b"RIFF"), (8, b"AVI ")), _video("avi", "x-msvideo")),
    (((0, b"FLV\x01"),), _video("flv", "x-flv")),
    (((0, b"\0\0\x01\xba"),), _video("mpeg", "mpeg")),
    (((0, b"nut/multimedia container\0"),), _video("nut", "x-nut")),
    (((0, b"G"), (188, b"G"), (376, b"G")), _video("mpegts", "mp2t")),
    (((4, b"G"), (196, b"G"), (388, b"G")), _video("mpegts", "mp2t")),
    (((0, b"RIFF"), (8, b"WAVE")), _audio("wav", "wav")),
    (((0, b"RF64"), (8, b"WAVE")), _audio("wav", "wav")),
    (((0, b"fLaC"),), _audio("flac", "flac")),
    (((0, b"FORM"), (8, b"AIF")), _audio("aiff", "aiff")),
    (((0, b".snd"),), _audio("au", "basic")),
    (((0, b"caff"),), _audio("caf", "x-caf")),
    (((0, b"8BPS"),), _unsupported("Photoshop", "image/x-photoshop", "export it as PNG")),
    (((0, b"0&\xb2u"),), _unsupported("Windows Media", "video/x-ms-asf", "convert it to MP4")),
)


def _png(head: bytes) -> Look | None:
    if not head.startswith(b"\x89PNG"):
        return None
    control, pixels = head.find(b"acTL"), head.find(b"IDAT")
    animated = control > 0 and (pixels < 0 or control < pixels)
    return _still("apng" if animated else "png_pipe", "image/png")


def _webp(head: bytes) -> Look | None:
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    if head[12:16] == b"VP8X" and len(head) > 20 and head[20] & 2:
        return ANIMATED_WEBP
    return _still("webp_pipe", "image/webp")


def _bitmap(head: bytes) -> Look | None:
    sizes = {size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124)}
    if head.startswith(b"BM") and head[14:18] in sizes:
        return _still("bmp_pipe", "image/bmp")
    return None


_BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"3gp": "video/3gpp"}


def _boxes(head: bytes) -> Look | None:
    """Recognise MP4 and its relations by their first box, and Matroska by its first element."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _video("matroska", "webm" if b"webm" in head[:64] else "x-matroska")
    if head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}:
        return Look(demuxer="mov", media_type="video/quicktime", audio_type="audio/mp4")
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand in {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return _unsupported("HEIC", "image/heic", "save the picture as JPEG or PNG")
    if brand in {b"avif", b"avis"}:
        return _still("mov", "image/avif")
    video = _BRANDS.get(brand) or _BRANDS.get(brand[:3]) or "video/mp4"
    return Look(demuxer="mov", media_type=video, audio_type="audio/mp4")


def _stream(head: bytes) -> Look | None:
    """Recognise sound without a container by its first frame, behind an ID3 tag if there is one."""
    frame = head[_tag_length(head) :]
    if frame.startswith(b"fLaC"):
        return _audio("flac", "flac")
    if len(frame) >= 2 and frame[0] == 0xFF and frame[1] & 0xF6 == 0xF0:
        return _audio("aac", "aac")
    if head.startswith(b"ID3") or _is_mpeg_audio(frame):
        return _audio("mp3", "mpeg")
    return None


def _is_mpeg_audio(frame: bytes) -> bool:
    """Tell whether an MPEG audio frame header stands here: sync, layer, bit rate, sample rate."""
    return (
        len(frame) >= 4
        and frame[0] == 0xFF
        and frame[1] & 0xE0 == 0xE0
        and frame[1] & 0x18 != 0x08
        and frame[1] & 0x06 != 0
        and frame[2] & 0xF0 not in {0, 0xF0}
        and frame[2] & 0x0C != 0x0C
    )


def _tag_length(head: bytes) -> int:
    """Measure the ID3v2 tag in front of the sound."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return size + 10
