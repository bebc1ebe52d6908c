from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.toning import curved, inverted, stepped, warmed

TONES = st.decimals(0, 1, places=2)


@given(levels=st.integers(2, 256))
def test_so_many_tones_are_left_from_black_to_white(levels):
    table = stepped(levels).astype(int)
    assert len(set(table)) == levels
    assert (table[0], table[255]) == (0, 255)
    assert (np.diff(table) >= 0).all()
    assert np.abs(table - np.arange(256)).max() <= 255 / (levels - 1) / 2 + 1


@given(strength=TONES)
def test_turning_tones_meets_in_the_middle(strength):
    table = inverted(strength).astype(int)
    assert np.abs(table + table[::-1] - 255).max() <= 1


@given(
    tones=st.lists(TONES, min_size=1, max_size=8, unique=True).map(sorted),
    levels=st.lists(TONES, min_size=8, max_size=8),
)
def test_a_curve_goes_through_its_points_and_never_beyond(tones, levels):
    points = tuple(zip(tones, levels, strict=False))
    table = curved(points).astype(int)
    used = [255 * float(level) for _, level in points]
    assert min(used) - 1 <= table.min() <= table.max() <= max(used) + 1
    for tone, level in points:
        if tone * 255 % 1 == 0:
            assert abs(table[int(tone * 255)] - 255 * float(level)) <= 0.5


def test_a_curve_without_points_or_along_the_diagonal_changes_nothing():
    diagonal = ((Decimal(0), Decimal(0)), (Decimal("0.3"), Decimal("0.3")), (Decimal(1),) * 2)
    assert curved(()).tolist() == curved(diagonal).tolist() == list(range(256))


@pytest.mark.parametrize("temperature", ["-1", "0", "0.5", "1"])
def test_warmth_gives_red_and_takes_blue(temperature):
    red, green, blue = (table.astype(int) for table in warmed(Decimal(temperature)))
    assert green.tolist() == list(range(256))
    sign = np.sign(float(temperature))
    assert ((red - green) * sign >= 0).all()
    assert ((green - blue) * sign >= 0).all()
