"""Measures streams by reading every packet once, and decodes only their beginning."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from l1.media.opening import packets_in

PATIENCE = 250
"""How many packets may be damaged at the beginning before a stream counts as undecodable."""


@dataclass(slots=True, kw_only=True)
class Track:
    """What has been seen of one stream so far. Times are in its time base."""

    stream: VideoStream | AudioStream
    packets: int = 0
    frames: int = 0
    start: int | None = None
    end: int = 0
    corrupt: bool = False
    tries: int = 0
    decoded: VideoFrame | AudioFrame | None = None

    @property
    def seconds(self) -> Fraction:
        """From the first shown moment to the last."""
        if self.start is None:
            return Fraction(0)
        return max(0, self.end - self.start) * (self.stream.time_base or Fraction(0))

    def see(self, packet: Packet[Any]) -> None:
        """Take one packet into account; an empty one ends the stream."""
        if packet.size:
            self._count(packet)
        if self.decoded is None and self.tries < PATIENCE:
            self._try(packet)

    def _count(self, packet: Packet[Any]) -> None:
        self.packets += 1
        self.corrupt = self.corrupt or packet.is_corrupt
        if packet.is_discard:
            return
        self.frames += 1
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None:
            self.start = at if self.start is None else min(self.start, at)
            self.end = max(self.end, at + (packet.duration or 0))

    def _try(self, packet: Packet[Any]) -> None:
        self.tries += 1
        try:
            for frame in packet.decode():
                self.decoded = self.decoded or frame
        except av.FFmpegError:
            # A damaged packet; the next key frame may decode, and if none does, `decoded` says so.
            return


def measure(
    container: InputContainer, video: VideoStream | None, audio: AudioStream | None
) -> list[Track]:
    """Read the chosen streams to their end."""
    streams = [stream for stream in (video, audio) if stream is not None]
    tracks = {stream.index: Track(stream=stream) for stream in streams}
    for packet in packets_in(container, *streams):
        tracks[packet.stream.index].see(packet)
    return list(tracks.values())
