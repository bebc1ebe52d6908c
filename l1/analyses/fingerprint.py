"""FINGERPRINT: a hash of each decoded picture and of each second of sound.

Two files that look and sound alike to the last pixel and sample have equal fingerprints, whatever
their bytes; where they differ, the fingerprint says where.
"""

import hashlib
from pathlib import Path

import msgspec

from l1.analyses.analysis import Analysis, Heard, NoParams
from l1.media.decoding import open_clip
from l1.media.listening import hear
from l1.media.pictures import Picture
from l1.media.probing import probe
from l1.media.samples import in_frames
from l1.media.sound import RATE
from l1.media.stills import read_still

_DIGITS = 32


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """`pictures` in order, and `seconds` of stereo sound at 48 kHz: hashes in hexadecimal."""

    pictures: tuple[str, ...] = ()
    seconds: tuple[str, ...] = ()


def _analyse(path: Path, _params: NoParams, heard: Heard) -> Fingerprint:
    info = probe(path)
    pictures: list[str] = []
    if info.kind == "image":
        pictures.append(_of_picture(read_still(path)))
    elif info.kind == "video":
        with open_clip(path) as clip:
            for number, picture in enumerate(clip.pictures):
                pictures.append(_of_picture(picture))
                heard(round(number * 1000 / clip.rate))
    seconds: list[str] = []
    if info.audio is not None:
        for number, block in enumerate(in_frames(hear(path), RATE)):
            seconds.append(hashlib.sha256(block.tobytes()).hexdigest()[:_DIGITS])
            heard(number * 1000)
    return Fingerprint(pictures=tuple(pictures), seconds=tuple(seconds))


def _of_picture(picture: Picture) -> str:
    planes = (picture.red, picture.green, picture.blue, picture.alpha)
    hashed = hashlib.sha256(f"{picture.width}x{picture.height}".encode())
    for plane in planes:
        hashed.update(b"-" if plane is None else plane.tobytes())
    return hashed.hexdigest()[:_DIGITS]


FINGERPRINT = Analysis(
    name="fingerprint",
    version=1,
    summary="Hashes each decoded picture and each second of sound",
    analyse=_analyse,
    accepts=frozenset({"video", "image", "audio"}),
)
