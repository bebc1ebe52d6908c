import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.colours import Colour
from l1.media.pictures import Picture
from l1.media.transitions import WHOLE, mixed_pictures, toned, weight_at


def grey(level):
    plane = np.full((2, 2), level, np.uint8)
    return Picture(red=plane, green=plane, blue=plane)


@given(size=st.integers(1, 20_000))
def test_weights_rise_and_those_of_both_add_up_to_the_whole(size):
    weights = [weight_at(place, size) for place in {0, 1, size // 2, size - 1, size}]
    assert sorted(weights) == [
        weight_at(p, size) for p in sorted({0, 1, size // 2, size - 1, size})
    ]
    assert weight_at(size, size) == WHOLE
    for place in {0, size // 3, size - 1}:
        both = weight_at(place, size) + weight_at(size - 1 - place, size)
        assert abs(both - WHOLE) <= 1


@given(old=st.integers(0, 255), new=st.integers(0, 255), weight=st.integers(0, WHOLE))
def test_a_mixture_lies_between_and_of_equals_is_the_same(old, new, weight):
    level = int(mixed_pictures(grey(old), grey(new), weight).red[0, 0])
    assert level == (new * weight + old * (WHOLE - weight) + 128) // 256
    assert min(old, new) <= level <= max(old, new)
    assert int(toned(grey(new), Colour(old, old, old), weight).green[1, 1]) == level
