"""Runs sound through FFmpeg's filters, block by block."""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from l1.media.engine import plain_routines
from l1.media.samples import Samples, planes, silence

_LAYOUTS = {1: "mono", 2: "stereo"}


class SoundFilter:
    """A chain of filters for one or two channels that come at `rate` hertz.

    `steps` are pairs of a filter's name and its arguments.
    """

    def __init__(self, steps: Sequence[tuple[str, str]], *, rate: int, channels: int) -> None:
        self._rate, self._channels, self._taken = rate, channels, 0
        graph = self._graph = Graph()
        self._source = graph.add_abuffer(
            sample_rate=rate,
            format="fltp",
            layout=_LAYOUTS[channels],
            time_base=Fraction(1, rate),
        )
        last = self._source
        for name, arguments in steps:
            step = graph.add(name, arguments)
            last.link_to(step)
            last = step
        self._sink = graph.add("abuffersink")
        last.link_to(self._sink)
        with plain_routines():
            graph.configure()

    def push(self, block: Samples) -> Samples:
        """Take a block, and give what can be told so far."""
        if not block.shape[1]:
            return silence(self._channels, 0)
        whole = np.ascontiguousarray(block)
        frame = AudioFrame.from_ndarray(whole, "fltp", _LAYOUTS[self._channels])
        frame.sample_rate, frame.time_base = self._rate, Fraction(1, self._rate)
        frame.pts = self._taken
        self._taken += block.shape[1]
        self._source.push(frame)
        return self._pulled()

    def finish(self) -> Samples:
        """Give the rest. Nothing may be pushed after this."""
        if not self._taken:
            return silence(self._channels, 0)
        self._source.push(None)
        return self._pulled()

    def _pulled(self) -> Samples:
        found = [silence(self._channels, 0)]
        while True:
            try:
                frame = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return np.concatenate(found, axis=1)
            assert isinstance(frame, AudioFrame)
            found.append(planes(frame))
