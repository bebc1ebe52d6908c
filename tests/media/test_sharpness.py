from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.pictures import Picture
from l1.media.sharpness import blur, sharpen

AMOUNTS = st.decimals(0, 5, places=2)


def picture(plane, alpha=None):
    return Picture(red=plane, green=plane, blue=plane, alpha=alpha)


def edge():
    plane = np.full((20, 40), 60, np.uint8)
    plane[:, 20:] = 180
    return picture(plane)


def test_nothing_gives_the_very_picture_back():
    shot = edge()
    assert blur(shot, Decimal(0)) is shot
    assert sharpen(shot, Decimal(0)) is shot


@given(level=st.integers(0, 255), amount=AMOUNTS)
def test_an_even_surface_stays(level, amount):
    plane = np.full((9, 7), level, np.uint8)
    for change in (blur, sharpen):
        assert set(change(picture(plane), amount).red.ravel()) == {level}


@given(radius=st.decimals(Decimal("0.02"), 5, places=2), more=st.decimals(1, 5, places=2))
def test_a_larger_radius_is_softer(radius, more):
    steep = [np.diff(blur(edge(), r).red.astype(int)).max() for r in (radius, radius + more)]
    assert 120 >= steep[0] > steep[1] > 0


def test_sharpening_steepens_an_edge_and_keeps_what_is_far():
    before, after = edge().red.astype(int), sharpen(edge(), Decimal(1)).red.astype(int)
    assert np.diff(after).max() > np.diff(before).max()
    assert np.array_equal(after[:, :18], before[:, :18])
    assert np.array_equal(after[:, 22:], before[:, 22:])


@pytest.mark.parametrize("change", [blur, sharpen])
def test_hidden_colours_stay_hidden(change):
    shot = edge()
    alpha = np.where(shot.red == 180, 255, 0).astype(np.uint8)
    after = change(picture(shot.red, alpha), Decimal(3))
    assert np.abs(after.red[:, 20:].astype(int) - 180).max() <= 1
    assert np.array_equal(after.alpha, alpha)
