import colorsys
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.media.grading import Grade, grading
from l1.media.pictures import Picture

BYTES = st.integers(0, 255)
AROUND = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]]


def graded(colour, **grade):
    planes = [np.full((3, 2), byte, np.uint8) for byte in colour]
    change = grading(Grade(**{name: Decimal(str(value)) for name, value in grade.items()}))
    picture = change(Picture(red=planes[0], green=planes[1], blue=planes[2]))
    return int(picture.red[2, 1]), int(picture.green[0, 0]), int(picture.blue[1, 1])


def test_neutral_values_give_the_very_picture_back():
    picture = Picture(**dict.fromkeys(("red", "green", "blue"), np.zeros((2, 2), np.uint8)))
    for hue in (0, 360, -360):
        assert grading(Grade(hue=Decimal(hue)))(picture) is picture


@given(level=BYTES, saturation=st.decimals(0, 4, places=2), hue=st.decimals(-360, 360, places=1))
def test_grey_has_no_colour_to_change(level, saturation, hue):
    assert graded((level,) * 3, saturation=saturation, hue=hue) == (level,) * 3


@given(level=BYTES, brightness=st.decimals(-1, 1, places=2), contrast=st.decimals(0, 4, places=2))
def test_tones_are_those_of_the_formula(level, brightness, contrast):
    value = (level / 255 - 0.5) * float(contrast) + 0.5 + float(brightness)
    found = graded((level, 0, 255), brightness=brightness, contrast=contrast)[0]
    assert abs(found - 255 * min(max(value, 0), 1)) <= 0.5 + 1e-6


@settings(max_examples=25)
@given(level=BYTES, gamma=st.decimals(Decimal("0.1"), 10, places=2))
def test_gamma_leaves_black_and_white_alone(level, gamma):
    found = graded((0, level, 255), gamma=gamma)
    assert (found[0], found[2]) == (0, 255)
    assert abs(found[1] - 255 * (level / 255) ** (1 / float(gamma))) <= 0.5 + 1e-6


@given(colour=st.tuples(BYTES, BYTES, BYTES), saturation=st.floats(0, 4), hue=st.floats(-360, 360))
def test_colours_are_those_of_the_matrices(colour, saturation, hue):
    saturation, hue = round(saturation, 3), round(hue, 2)
    luma = np.array([[0.213, 0.715, 0.072]] * 3)
    turn = math.radians(hue)
    matrix = luma + saturation * (
        math.cos(turn) * (np.eye(3) - luma) + math.sin(turn) * np.array(AROUND)
    )
    expected = (matrix @ colour).clip(0, 255)
    assert np.abs(graded(colour, saturation=saturation, hue=hue) - expected).max() <= 0.6


@pytest.mark.parametrize(("degrees", "ends"), [(120, 1), (240, 2), (-120, 2)])
def test_a_turn_leads_from_red_to_green_to_blue(degrees, ends):
    found = graded((200, 60, 60), hue=degrees)
    assert found.index(max(found)) == ends
    assert abs(colorsys.rgb_to_hsv(*found)[0] - ends / 3) < 0.08


def test_alpha_stays():
    plane = np.full((4, 4), 77, np.uint8)
    picture = Picture(red=plane, green=plane + 40, blue=plane, alpha=plane)
    after = grading(Grade(saturation=Decimal(0), contrast=Decimal(2)))(picture)
    assert np.array_equal(after.alpha, plane)
    assert np.array_equal(after.red, after.green)
