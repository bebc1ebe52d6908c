"""Changes the sample rate of sound, by settings that are all named here."""

from fractions import Fraction
from math import gcd

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from l1.media.samples import Samples, planes, silence

SETTINGS = (
    "filter_size=32:phase_shift=10:cutoff=0.97:linear_interp=0:exact_rational=1:"
    "filter_type=kaiser:kaiser_beta=9:internal_sample_fmt=fltp:resampler=swr:async=0"
)
_LAYOUTS = {1: "mono", 2: "stereo"}


def grid(old: int, new: int) -> int:
    """Count the samples at rate `old` after which both rates meet on a whole sample again."""
    return old // gcd(old, new)


def reach(old: int, new: int) -> int:
    """Bound how many samples at rate `old` the filter looks to each side."""
    return 64 + 64 * old // min(old, new)


class Resampler:
    """Brings one or two channels from rate `old` to rate `new`, in hertz.

    The first sample stays where it was in time. The same sound cut into other blocks gives the
    same samples.
    """

    def __init__(self, old: int, new: int, channels: int) -> None:
        self._old, self._channels, self._taken = old, channels, 0
        if old == new:
            self._graph = None
            return
        layout = _LAYOUTS[channels]
        self._graph = graph = Graph()
        self._source = graph.add_abuffer(
            sample_rate=old, format="fltp", layout=layout, time_base=Fraction(1, old)
        )
        change = graph.add("aresample", f"{new}:{SETTINGS}")
        self._sink = graph.add("abuffersink")
        self._source.link_to(change)
        change.link_to(self._sink)
        graph.configure()

    def push(self, block: Samples) -> Samples:
        """Take a block, and give what can be told so far."""
        if self._graph is None or not block.shape[1]:
            return block if self._graph is None else silence(self._channels, 0)
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(block), "fltp", _LAYOUTS[self._channels]
        )
        frame.sample_rate, frame.pts, frame.time_base = (
            self._old,
            self._taken,
            Fraction(1, self._old),
        )
        self._taken += block.shape[1]
        self._source.push(frame)
        return self._pulled()

    def finish(self) -> Samples:
        """Give the rest."""
        if self._graph is None or not self._taken:
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
