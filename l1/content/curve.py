"""A value over time, for a parameter to follow: whole numbers, canonical.

A curve is complete by itself: it can be looked at, kept, and followed without the sound and the
parameters that it came from.
"""

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

import msgspec

from l1.content.canonical import canonical_struct
from l1.errors import Refused

BYTES = 64 * 2**20
"""The largest document that is read."""

ONE = 1_000_000
"""One, in the millionths that values are written in."""

LARGEST = 10**9
"""The largest value, and with a minus the smallest."""

RATE = 100_000
"""The most points a second."""

Millionths = Annotated[int, msgspec.Meta(ge=-LARGEST * ONE, le=LARGEST * ONE)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2**42)]


class Hit(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """A moment at which the value is reached for an instant. Written as a list in this order."""

    at_ms: Milliseconds
    value: Millionths


class Curve(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="curve",
    dict=True,
):
    """Points at a fixed rate of `rate_num` / `rate_den` a second, the first at 0, in millionths.

    `low` is what the curve means by nothing and `high` by all; `low` may be the larger number. No
    value lies outside of them. Between points the value is a straight line, before the first and
    after the last it stays, or with `repeats` begins again, a step after the last point. `hits`
    are moments that lie between points and must not be missed, in order.
    """

    rate_num: Positive
    rate_den: Positive
    low: Millionths
    high: Millionths
    values: Annotated[tuple[Millionths, ...], msgspec.Meta(min_length=1)]
    hits: tuple[Hit, ...] = ()
    repeats: bool = False

    def __post_init__(self) -> None:
        if not self.rate <= RATE:
            raise ValueError(f"expected at most {RATE} points a second")
        least, most = sorted((self.low, self.high))
        if min(self._all()) < least or max(self._all()) > most:
            raise ValueError("expected no value outside of `low` and `high`")
        if any(later.at_ms <= earlier.at_ms for earlier, later in pairwise(self.hits)):
            raise ValueError("expected `hits` in rising order")

    def _all(self) -> Iterable[int]:
        yield from self.values
        yield from (hit.value for hit in self.hits)

    @property
    def rate(self) -> Fraction:
        """Points a second."""
        return Fraction(self.rate_num, self.rate_den)

    def at(self, time: Fraction) -> Decimal:
        """Answer the value at a second, rounded down to a millionth; hits are not looked at."""
        return Decimal(self.millionths_at(time)).scaleb(-6)

    def millionths_at(self, time: Fraction) -> int:
        """Answer the same as a whole number."""
        place = time * self.rate_num / self.rate_den
        if self.repeats:
            place %= len(self.values)
        point = place.numerator // place.denominator
        before, after = self._value(point), self._value(point + 1)
        rest = place - point
        return before + (after - before) * rest.numerator // rest.denominator

    def _value(self, point: int) -> int:
        if self.repeats:
            return self.values[point % len(self.values)]
        return self.values[max(0, min(point, len(self.values) - 1))]

    def seen(self, number: int, rate: Fraction) -> int:
        """Answer in millionths what a picture shows, by its number at a rate.

        That is the value in its middle, or that of a hit to which no picture is nearer, whichever
        is closer to `high`.
        """
        time = number / rate
        value = self.millionths_at(time)
        if not self.hits:
            return value
        half = 1 / (2 * rate)
        times = self._times()
        first = bisect_left(times, (time - half) * 1000)
        last = bisect_left(times, (time + half) * 1000)
        near = [value, *(hit.value for hit in self.hits[first:last])]
        return min(near) if self.high < self.low else max(near)

    def _times(self) -> list[int]:
        found: list[int] | None = self.__dict__.get("times")
        if found is None:
            found = self.__dict__["times"] = [hit.at_ms for hit in self.hits]
        return found

    def to_json(self) -> bytes:
        """Write the curve canonically, ready to be stored as content."""
        return canonical_struct(self)

    @classmethod
    def read(cls, data: bytes) -> "Curve":
        """Read a curve. Raises `Refused` for anything else."""
        if len(data) > BYTES:
            raise Refused(f"a curve has at most {BYTES} bytes", code="bad_curve")
        try:
            return msgspec.json.decode(data, type=cls)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refused(f"not a curve: {error}; BIND makes one", code="bad_curve") from None


class _Said(msgspec.Struct):
    kind: str = ""


def is_curve(data: bytes) -> bool:
    """Tell whether a document says that it is a curve."""
    try:
        return msgspec.json.decode(data, type=_Said).kind == "curve"
    except (msgspec.DecodeError, RecursionError):
        return False
