"""Places the frames of a stream, whose timestamps may jitter, at a constant rate."""

from fractions import Fraction

from l1.errors import Refused
from l1.media.limits import let_in

SLACK = Fraction(3, 4)
"""How far, in frames, a timestamp may stray from its place before a frame is doubled or dropped."""


class Slots:
    """Gives each slot of a constant rate the frame shown at that time; the first frame has slot 0.

    A frame more than `SLACK` late has its predecessor repeated before it, one as much too early
    is dropped. Smaller deviations, such as timestamps rounded to milliseconds, change nothing.
    """

    def __init__(self, start: Fraction, rate: Fraction) -> None:
        self._start, self._rate, self._next = start, rate, 1
        self._most = let_in().seconds * rate

    def repeats(self, seconds: Fraction | None) -> int | None:
        """Take the next frame, shown at `seconds`; None means that nobody knows when.

        Answers how often its predecessor is shown again before it, or None when it is dropped.
        Raises `Refused` for a frame so late that nothing that long is let in: a timestamp of a
        damaged file would be worth days of one picture.
        """
        place = self._next if seconds is None else (seconds - self._start) * self._rate
        if place < self._next - SLACK:
            return None
        if place > self._most:
            raise Refused(
                f"A frame of the video is shown after {int(place / self._rate)} s, later than the "
                f"{int(self._most / self._rate)} s allowed; the file is damaged, or cut it",
                code="media_unusable",
            )
        late = round(place) - self._next if place > self._next + SLACK else 0
        self._next += late + 1
        return late
