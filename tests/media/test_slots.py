from fractions import Fraction

import pytest

from l1.errors import Refused
from l1.media.limits import MediaLimits, letting_in
from l1.media.slots import Slots


def test_a_frame_that_is_late_has_its_predecessor_repeated():
    slots = Slots(Fraction(3), Fraction(25))
    assert slots.repeats(Fraction(3) + Fraction(1, 25)) == 0
    assert slots.repeats(Fraction(3) + Fraction(5, 25)) == 3
    assert slots.repeats(Fraction(3) + Fraction(4, 25)) is None
    assert slots.repeats(None) == 0


def test_a_frame_later_than_anything_let_in_is_refused():
    slots = Slots(Fraction(0), Fraction(25))
    assert slots.repeats(Fraction(14400)) == 14400 * 25 - 1
    with pytest.raises(Refused, match="after 14401 s, later than the 14400 s allowed"):
        slots.repeats(Fraction(14401))


def test_how_late_depends_on_what_is_let_in():
    with letting_in(MediaLimits(seconds=2)):
        slots = Slots(Fraction(0), Fraction(10))
    assert slots.repeats(Fraction(2)) == 19
    with pytest.raises(Refused):
        slots.repeats(Fraction(3))
