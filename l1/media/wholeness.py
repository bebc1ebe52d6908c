"""Finds files that stop too early, by the lengths they themselves declare."""

from pathlib import Path


def is_cut_short(path: Path, media_type: str) -> bool:
    """Tell whether the file ends before the end that its own structure announces.

    Formats that announce none are taken to be whole.
    """
    match media_type:
        case "image/png":
            return not _png_ends(path)
        case "image/jpeg":
            return not _jpeg_ends(path)
        case "image/webp" | "audio/wav":
            return _riff_is_short(path)
        case "image/bmp":
            with path.open("rb") as file:
                declared = int.from_bytes(file.read(6)[2:6], "little")
            return declared > path.stat().st_size
    return False


def _png_ends(path: Path) -> bool:
    """Walk the chunks: each is a length, a name, the data and a checksum."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 8
        while at + 12 <= size:
            file.seek(at)
            head = file.read(8)
            at += 12 + int.from_bytes(head[:4], "big")
            if head[4:] == b"IEND":
                return at <= size
    return False


def _jpeg_ends(path: Path) -> bool:
    """Look for the end mark after the last scan; what cameras append after it is ignored."""
    data = path.read_bytes()
    return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")


def _riff_is_short(path: Path) -> bool:
    """Compare the declared length; recorders that stream write 0 or 2^32 - 1."""
    with path.open("rb") as file:
        declared = int.from_bytes(file.read(8)[4:8], "little")
    return 0 < declared < 2**32 - 1 - 8 and declared + 8 - path.stat().st_size > 1
