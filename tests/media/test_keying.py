from decimal import Decimal
from math import hypot

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from l1.media.colours import Colour
from l1.media.keying import grey_of, is_key, key_table, keyed, without_spill
from l1.media.pictures import Picture

BYTES = st.integers(0, 255)
COLOURS = st.builds(Colour, BYTES, BYTES, BYTES)
SHARE = st.decimals(0, 2, places=3)


def dot(colour, alpha=None):
    red, green, blue = (np.full((1, 1), byte, np.uint8) for byte in colour[:3])
    cover = None if alpha is None else np.full((1, 1), alpha, np.uint8)
    return Picture(red=red, green=green, blue=blue, alpha=cover)


def chroma(colour):
    luma = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
    return (colour[2] - luma) / 1.8556, (colour[0] - luma) / 1.5748


@given(key=COLOURS, shown=COLOURS, similarity=SHARE, smoothness=SHARE)
def test_alpha_is_that_of_the_distance_in_chroma(key, shown, similarity, smoothness):
    assume(is_key(key))
    found = int(keyed(dot(shown), key_table(key, similarity, smoothness)).alpha[0, 0])
    whole = hypot(*chroma(key))
    away = hypot(*np.subtract(chroma(key), chroma(shown))) / whole
    # Chroma is rounded to half bytes, which moves each distance by less than one byte.
    low, high = (
        (away + sign / whole - float(similarity)) / max(float(smoothness), 1e-9) for sign in (-1, 1)
    )
    assert 255 * min(max(low, 0), 1) - 1 <= found <= 255 * min(max(high, 0), 1) + 1


@given(key=COLOURS, level=BYTES)
def test_the_key_is_gone_and_grey_is_kept(key, level):
    assume(is_key(key))
    table = key_table(key, Decimal("0.4"), Decimal("0.2"))
    assert keyed(dot(key), table).alpha[0, 0] == 0
    assert keyed(dot((level, level, level)), table).alpha[0, 0] == 255
    assert keyed(dot((level, level, level), alpha=77), table).alpha[0, 0] == 77


def test_greys_are_no_keys():
    assert not any(is_key(Colour(level, level, level)) for level in range(256))
    assert is_key(Colour(60, 180, 75))


@given(shown=COLOURS, spill=st.integers(0, 256))
def test_spill_lowers_only_the_strongest_channel_of_the_key(shown, spill):
    found = without_spill(dot(shown), Colour(60, 180, 75), spill)
    assert (found.red[0, 0], found.blue[0, 0]) == (shown.red, shown.blue)
    excess = max(0, shown.green - max(shown.red, shown.blue))
    assert int(found.green[0, 0]) == shown.green - (excess * spill + 128) // 256


@given(colour=COLOURS, alpha=BYTES)
def test_grey_is_bt_709_times_alpha(colour, alpha):
    exact = 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue
    assert abs(int(grey_of(dot(colour))[0, 0]) - exact) <= 0.51
    assert abs(int(grey_of(dot(colour, alpha))[0, 0]) - exact * alpha / 255) <= 1.02
