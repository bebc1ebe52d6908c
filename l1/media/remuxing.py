"""Gives a video another sound without touching its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.media.engine import hold_cpu_class
from l1.media.opening import main_video, opened, packets_in
from l1.media.samples import Samples
from l1.media.sound import sound_for


def is_copyable(path: Path, info: MediaInfo) -> bool:
    """Tell whether a video's packets can stand as they are: H.264 in MP4, 8 bits, upright.

    Its timestamps must be sound, and no packet may be there that is not shown: an editor has cut
    such a video without encoding it, and its beginning depends on what was cut off.
    """
    video = info.video
    if video is None or info.container != "mov" or video.rotation:
        return False
    if (video.codec, video.pixel_format) != ("h264", "yuv420p"):
        return False
    last = None
    with opened(path) as container:
        for packet in _packets(container):
            if packet.pts is None or packet.dts is None or packet.is_discard or packet.is_corrupt:
                return False
            if packet.dts <= last if last is not None else not packet.is_keyframe:
                return False
            last = packet.dts
    return last is not None


def remux_video(
    source: Path,
    output: Path,
    *,
    start: Fraction,
    total: int,
    progress: Callable[[int, int], None],
    sound: Path | None = None,
    sound_start: Fraction = Fraction(0),
    track: Iterable[Samples] | None = None,
) -> int:
    """Write the video packets of `source` bit for bit, and a sound, as MP4.

    `start` is the second of the source that becomes 0; the sound is given as to `write_video`.
    Returns the number of pictures.
    """
    hold_cpu_class()
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    to = f"file:{output.absolute()}"
    with opened(source) as container, av.open(to, "w", format="mp4", options=options) as target:
        stream = main_video(container)
        if stream is None:
            raise Refused("This file holds no video; give this step a video")
        copy = target.add_stream_from_template(stream)
        shift = int(start / (stream.time_base or 1))
        done = 0
        with sound_for(target, copied=sound, start=sound_start, track=track) as heard:
            target.start_encoding()
            for done, packet in enumerate(_packets(container), 1):
                now = (_moved(packet, copy, shift).dts or 0) * packet.time_base
                target.mux_one(packet)
                for other in heard.until(now) if heard else ():
                    target.mux_one(other)
                progress(done, max(done, total))
            for other in heard.until(None) if heard else ():
                target.mux_one(other)
    return done


def _packets(container: InputContainer) -> Iterator[Packet[VideoStream]]:
    stream = main_video(container)
    for packet in packets_in(container, stream) if stream else ():
        if packet.size:
            yield packet


def _moved(packet: Packet[VideoStream], to: VideoStream, by: int) -> Packet[VideoStream]:
    packet.stream = to
    packet.pts = (packet.pts or 0) - by
    packet.dts = (packet.dts or 0) - by
    return packet
