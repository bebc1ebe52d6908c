"""Which frame each moment of a video shows, told from its packets without decoding them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from l1.errors import Refused
from l1.media.opening import main_video, opened, packets_in
from l1.media.rates import steady_rate
from l1.media.slots import Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A video at its constant rate. Times are the stream's own timestamps, in ticks.

    `shown` gives the time of the frame in each slot, in rising order; `keys` the times of the key
    frames. `exact` is false for files whose packets do not say when they are shown: then frames
    are merely counted, `shown` holds their numbers and there are no keys.
    """

    rate: Fraction
    shown: array[int]
    keys: array[int]
    exact: bool

    def key_before(self, time: int) -> int | None:
        """Find the time of the last key frame at or before `time`."""
        place = bisect_right(self.keys, time)
        return self.keys[place - 1] if place else None

    def slot(self, time: int) -> int:
        """Find the first slot that shows the frame of `time` or a later one."""
        return bisect_left(self.shown, time)


def timeline_of(path: Path) -> Timeline:
    """Read all packets of a video. Raises `Refused` when there are none."""
    times, keys, count = array("q"), array("q"), 0
    known = True
    with opened(path) as container:
        stream = main_video(container)
        if stream is None:
            raise Refused("This file holds no video; give this step a video")
        rate, tick = steady_rate(stream), Fraction(stream.time_base or 1)
        for packet in packets_in(container, stream):
            if not packet.size:
                continue
            if packet.pts is None:
                known = False
            elif packet.is_keyframe:
                keys.append(packet.pts)
            if packet.is_discard:
                continue
            count += 1
            if packet.pts is not None:
                times.append(packet.pts)
    if not count:
        raise Refused("The video holds no frame; upload it again")
    if not known or len(set(times)) < count:
        return Timeline(rate=rate, shown=array("q", range(count)), keys=array("q"), exact=False)
    times, keys = array("q", sorted(times)), array("q", sorted(keys))
    return Timeline(rate=rate, shown=_shown(times, tick, rate), keys=keys, exact=True)


def _shown(times: array[int], tick: Fraction, rate: Fraction) -> array[int]:
    """Place frames by the rule that decoding follows too."""
    slots = Slots(times[0] * tick, rate)
    shown = array("q", times[:1])
    for time in times[1:]:
        repeats = slots.repeats(time * tick)
        if repeats is not None:
            shown.extend([shown[-1]] * repeats)
            shown.append(time)
    return shown
