"""Media as strangers send them: whole files of many formats, and damaged ones, from seeds."""

import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from PIL import Image

from l1.media.listening import hear
from tests.media.making import make_audio, make_video, resampler, scene

VIDEOS = {
    "v.mp4": ("libx264", "aac"),
    "v.mkv": ("ffv1", "flac"),
    "v.webm": ("libvpx-vp9", "libopus"),
    "v.avi": ("mpeg4", "libmp3lame"),
    "v.ts": ("mpeg2video", "mp2"),
    "v.mov": ("mjpeg", "pcm_s16le"),
    "v.flv": ("flv", "libmp3lame"),
}
SOUNDS = {"s.mp3": "libmp3lame", "s.ogg": "libopus", "s.flac": "flac", "s.wav": "pcm_s16le"}
IMAGES = ("i.png", "i.jpg", "i.gif", "i.webp", "i.bmp", "i.tiff", "i.avif")


def originals(folder):
    """Write a small whole file of each format; name the formats by their endings."""
    for name, (codec, sound) in VIDEOS.items():
        pix = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        rate = 44100 if sound == "libmp3lame" else 48000
        yield make_video(
            folder / name, codec=codec, audio=sound, frames=12, pix_fmt=pix, audio_rate=rate
        )
    for name, codec in SOUNDS.items():
        rate = 48000 if codec == "libopus" else 44100
        yield make_audio(folder / name, codec=codec, seconds=0.4, rate=rate)
    picture = Image.fromarray(scene(64, 48, 3))
    noise = Image.frombytes("RGB", (64, 16), random.Random(3).randbytes(64 * 16 * 3))
    picture.paste(noise, (0, 16))
    for name in IMAGES:
        picture.save(folder / name)
        yield folder / name


def cut_from(film, song, folder):
    """Write the beginning of a real film and of a real song in the formats that matter most.

    MP4 and MP3 are the packets as they are; the others are made of the decoded pictures and sound.
    """
    yield copied(film, folder / "v.mp4", packets=60)
    yield copied(song, folder / "s.mp3", packets=40)
    with av.open(str(film)) as container:
        frames = [frame for frame, _ in zip(container.decode(video=0), range(12), strict=False)]
    size = (160, 90)
    small = [frame.to_image().resize(size) for frame in frames]
    for name in ("v.mkv", "v.webm"):
        codec, sound = VIDEOS[name]
        yield make_video(
            folder / name, codec=codec, audio=sound, frames=12, size=size,
            draw=lambda number: np.asarray(small[number]),
        )  # fmt: skip
    for name in ("s.ogg", "s.flac", "s.wav"):
        rate = 48000 if name == "s.ogg" else 44100
        yield recoded(song, folder / name, codec=SOUNDS[name], rate=rate)
    for name in ("i.png", "i.jpg", "i.gif", "i.webp"):
        small[-1].save(folder / name)
        yield folder / name


def copied(source, path, *, packets):
    """Copy the first packets of a file."""
    with av.open(str(source)) as container, av.open(str(path), "w") as out:
        kept = [each for each in container.streams if each.type in ("video", "audio")]
        copies = {each.index: out.add_stream_from_template(each) for each in kept}
        for packet, _ in zip(container.demux(kept), range(packets), strict=False):
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                out.mux(packet)
    return path


def recoded(source, path, *, codec, rate):
    """Encode the first half second of a sound anew."""
    sound = np.concatenate(list(hear(source, rate=rate, stop=Fraction(1, 2))), axis=1)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        step = stream.codec_context.frame_size or 1024
        for start in range(0, sound.shape[1], step):
            part = np.ascontiguousarray(sound[:, start : start + step])
            frame = av.AudioFrame.from_ndarray(part, "fltp", "stereo")
            frame.sample_rate, frame.pts = rate, start
            for fitted in resampler(stream).resample(frame):
                fitted.pts = start
                out.mux(stream.encode(fitted))
        out.mux(stream.encode(None))
    return path


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged file: what it was, how it was damaged, and what is left."""

    original: str
    mutation: str
    number: int
    data: bytes

    @property
    def name(self):
        """Say it in a word, for a message."""
        return f"{self.mutation}-{self.number}-{self.original}"


def mutants(paths, *, each) -> Iterator[Mutant]:
    """Damage each file in each way, `each` times; the same files give the same mutants.

    Every second has its checksums mended, so that the damage comes to the decoder.
    """
    whole = {path.name: path.read_bytes() for path in paths}
    for name, data in whole.items():
        others = [other for key, other in whole.items() if key != name]
        for mutation, damage in MUTATIONS.items():
            for number in range(each):
                dice = random.Random(f"{name} {mutation} {number}")
                left = damage(bytearray(data), dice, others)
                yield Mutant(name, mutation, number, bytes(mended(left) if number % 2 else left))


def mended(data):
    """Make the checksums of PNG chunks and Ogg pages right again, as an attacker would."""
    at = 8 if data.startswith(b"\x89PNG") else len(data)
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 <= len(data):
            data[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    at = data.find(b"OggS")
    while 0 <= at < len(data) - 27:
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        end = at + 27 + len(lacing) + sum(lacing)
        data[at + 22 : at + 26] = bytes(4)
        data[at + 22 : at + 26] = _ogg_checksum(data[at:end]).to_bytes(4, "little")
        at = data.find(b"OggS", at + 4)
    return data


def _ogg_checksum(page):
    """CRC-32 with the polynomial 04C11DB7, from the highest bit, begun with and added to nothing
    (RFC 3533, 6)."""
    rest = 0
    for byte in page:
        rest ^= byte << 24
        for _ in range(8):
            rest = (rest << 1 ^ (0x104C11DB7 if rest & 2**31 else 0)) & 0xFFFFFFFF
    return rest


def _flip(data, dice, _others):
    for _ in range(dice.choice((1, 4, 16, 64))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def _cut(data, dice, _others):
    return data[: dice.randrange(8, len(data))]


def _swap(data, dice, _others):
    length = dice.randint(4, max(4, min(1024, len(data) // 4)))
    one, two = (dice.randrange(len(data) - length) for _ in range(2))
    data[one : one + length], data[two : two + length] = (
        data[two : two + length],
        data[one : one + length],
    )
    return data


def _lengthen(data, dice, _others):
    """Edit what may be the length of a box, chunk or page: a number of bytes that are there."""
    for _ in range(dice.choice((1, 1, 3))):
        order = dice.choice("><")
        found = [
            place
            for place in range(len(data) - 4)
            if 4 <= struct.unpack_from(f"{order}I", data, place)[0] <= len(data) - place
        ]
        if not found:
            continue
        place = dice.choice(found)
        (was,) = struct.unpack_from(f"{order}I", data, place)
        now = dice.choice((0, 1, 7, was - 1, was + 1, 2 * was, 2**31 - 1, 2**31, 2**32 - 1))
        struct.pack_into(f"{order}I", data, place, now)
    return data


def _blank(data, dice, _others):
    length = dice.randint(1, max(1, min(512, len(data) // 3)))
    start = dice.randrange(len(data) - length)
    data[start : start + length] = bytes(length)
    return data


def _splice(data, dice, others):
    """Put the beginning of another format before the rest of this one."""
    length = dice.choice((8, 32, 128, 512))
    return bytearray(dice.choice(others)[:length]) + data[dice.choice((0, length)) :]


MUTATIONS = {
    "flips": _flip,
    "cut": _cut,
    "swap": _swap,
    "length": _lengthen,
    "blank": _blank,
    "splice": _splice,
}
