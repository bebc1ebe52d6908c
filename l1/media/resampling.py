"""Changes the sample rate of sound, by settings that are all named here."""

from math import gcd

from l1.media.samples import Samples, silence
from l1.media.sound_filter import SoundFilter

SETTINGS = (
    "filter_size=32:phase_shift=10:cutoff=0.97:linear_interp=0:exact_rational=1:"
    "filter_type=kaiser:kaiser_beta=9:internal_sample_fmt=fltp:resampler=swr:async=0"
)


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
        self._channels = channels
        steps = [("aresample", f"{new}:{SETTINGS}")]
        self._filter = None if old == new else SoundFilter(steps, rate=old, channels=channels)

    def push(self, block: Samples) -> Samples:
        """Take a block, and give what can be told so far."""
        return self._filter.push(block) if self._filter else block

    def finish(self) -> Samples:
        """Give the rest."""
        return self._filter.finish() if self._filter else silence(self._channels, 0)
