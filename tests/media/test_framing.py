from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.colours import colour
from l1.media.framing import darkened, in_blocks, rotated
from l1.media.pictures import Picture

SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40))


def flat(size, level, alpha=None):
    plane = np.full(size, level, np.uint8)
    return Picture(red=plane, green=plane, blue=plane, alpha=alpha)


@given(size=SIZES, cell=st.integers(1, 50), seed=st.integers(0, 9))
def test_a_block_is_the_mean_of_its_pixels(size, cell, seed):
    plane = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
    made = in_blocks(Picture(red=plane, green=plane, blue=plane), cell).red
    for top in range(0, size[0], cell):
        for left in range(0, size[1], cell):
            block = np.s_[top : top + cell, left : left + cell]
            assert len(set(made[block].ravel())) == 1
            assert abs(made[block][0, 0] - plane[block].mean()) <= 0.5


def test_of_a_block_only_what_is_seen_counts():
    alpha = np.zeros((4, 4), np.uint8)
    alpha[0] = 200
    picture = flat((4, 4), 90, alpha)
    picture.red[1:] = 255
    made = in_blocks(picture, 4)
    assert (made.green[0, 0], made.red[0, 0], made.alpha[0, 0]) == (90, 90, 50)


@given(size=SIZES, degrees=st.decimals(-360, 360, places=1), level=st.integers(0, 255))
def test_an_even_surface_on_its_own_colour_stays_even(size, degrees, level):
    ground = colour("#" + bytes([level] * 3).hex())
    made = rotated(flat(size, level), degrees, ground)
    assert set(made.red.ravel()) == {level}


@given(size=SIZES, amount=st.decimals(0, 1, places=2), where=st.decimals(0, 1, places=2))
def test_corners_are_never_brighter_than_the_middle(size, amount, where):
    made = darkened(flat(size, 200), amount, where).red.astype(int)
    assert made.max() <= 200
    assert made[0, 0] == made.min()
    assert np.array_equal(made, made[::-1, ::-1])


def test_a_picture_is_dark_in_its_corners_alone():
    made = darkened(flat((90, 160), 200), Decimal(1), Decimal("0.5")).red
    assert made[45, 80] == 200
    assert made[0, 0] < 10
