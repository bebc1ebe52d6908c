from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.glitching import Glitch, glitched
from l1.media.pictures import Picture

SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(
    size=SIZES,
    number=st.integers(0, 10**6),
    seed=st.integers(0, 2**53 - 1),
    bands=st.integers(0, 20),
    blocks=st.integers(0, 20),
)
def test_what_is_broken_is_made_of_the_picture_s_own_bytes(size, number, seed, bands, blocks):
    plane = np.random.default_rng(1).integers(100, 140, size, np.uint8)
    picture = Picture(red=plane, green=plane, blue=plane, alpha=plane)
    glitch = Glitch(
        seed=seed, slip=Decimal(1), part=Decimal(1), bands=bands, blocks=blocks, chance=Decimal(1)
    )
    one, other = (glitched(picture, number, glitch) for _ in range(2))
    assert set(one.red.ravel()) <= set(plane.ravel())
    assert np.array_equal(one.blue, other.blue)
    assert one.red.shape == size


def test_so_many_pictures_are_broken_as_chance_has_it():
    plane = np.arange(64, dtype=np.uint8)[None].repeat(8, axis=0)
    picture = Picture(red=plane, green=plane, blue=plane)
    glitch = Glitch(
        seed=3, slip=Decimal(1), part=Decimal(1), bands=9, blocks=9, chance=Decimal("0.25")
    )
    broken = sum(glitched(picture, number, glitch) is not picture for number in range(400))
    assert 70 < broken < 130
