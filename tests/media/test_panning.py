from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.panning import Box, box_about, eased, seen, zoomed
from l1.media.pictures import Picture


def box(left, top, width, height):
    return Box(
        left=Fraction(left), top=Fraction(top), width=Fraction(width), height=Fraction(height)
    )


def picture_of(plane):
    return Picture(red=plane, green=plane, blue=plane)


def dice(size):
    return np.random.default_rng(1).integers(0, 256, size, np.uint8)


def test_the_whole_picture_in_its_own_size_is_itself():
    plane = dice((37, 51))
    assert np.array_equal(seen(picture_of(plane), box(0, 0, 51, 37), (51, 37)).red, plane)


def test_a_whole_part_is_cut_out_as_it_is():
    plane = dice((40, 60))
    shown = seen(picture_of(plane), box(7, 5, 20, 10), (20, 10)).red
    assert np.array_equal(shown, plane[5:15, 7:27])


def test_half_the_size_is_the_mean_of_four():
    plane = dice((40, 60))
    shown = seen(picture_of(plane), box(0, 0, 60, 40), (30, 20)).red
    means = plane.reshape(20, 2, 30, 2).astype(int).mean(axis=(1, 3))
    assert np.abs(shown - means).max() <= 0.51


def test_between_two_pixels_is_what_is_between_them():
    plane = np.array([[0, 200, 100, 100]], np.uint8)
    shown = seen(picture_of(plane), box("1/4", 0, 3, 1), (3, 1)).red
    assert shown.tolist() == [[50, 175, 100]]


@given(
    level=st.integers(0, 255),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    shown=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    place=st.tuples(*[st.fractions(0, 1, max_denominator=999)] * 3),
)
def test_an_even_surface_stays_even_wherever_it_is_looked_at(level, size, shown, place):
    zoom = 1 + 20 * place[2]
    part = zoomed(size, Fraction(*shown), zoom=zoom, x=place[0], y=place[1])
    made = seen(picture_of(np.full(size[::-1], level, np.uint8)), part, shown)
    assert (made.width, made.height) == shown
    assert set(made.red.ravel()) == {level}


@given(
    size=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    shape=st.fractions(Fraction(1, 9), 9, max_denominator=99),
    zoom=st.fractions(1, 100, max_denominator=99),
    x=st.fractions(0, 1, max_denominator=99),
    y=st.fractions(0, 1, max_denominator=99),
)
def test_a_view_never_leaves_the_picture_and_keeps_its_shape(size, shape, zoom, x, y):
    part = zoomed(size, shape, zoom=zoom, x=x, y=y)
    assert part.width == part.height * shape
    assert part.left >= 0 <= part.top
    assert part.left + part.width <= size[0]
    assert part.top + part.height <= size[1]


def test_of_a_rectangle_all_is_seen():
    wanted = box(10, 10, 30, 5)
    part = box_about((100, 100), Fraction(1), wanted)
    assert part == box(10, 0, 30, 30)


def test_a_slow_movement_is_even_from_picture_to_picture():
    edge = np.where(np.arange(64) < 32, 0, 255).astype(np.uint8)[None]
    light = [
        seen(picture_of(edge), box(Fraction(n, 50), 0, 32, 1), (32, 1)).red.astype(int).sum()
        for n in range(200)
    ]
    assert set(np.diff(light)) <= {4, 5, 6}


def test_eases_begin_and_end_where_they_should():
    for easing in ("linear", "in", "out", "in_out"):
        assert [eased(Fraction(n), easing) for n in (0, 1)] == [0, 1]
    assert eased(Fraction(1, 4), "in") < eased(Fraction(1, 4), "linear")
    assert eased(Fraction(1, 4), "out") > Fraction(1, 4) > eased(Fraction(1, 4), "in_out")


def test_one_pixel_of_a_huge_part_is_its_mean():
    plane = np.full((300, 600), 99, np.uint8)
    assert seen(picture_of(plane), box(0, 0, 600, 300), (1, 1)).red.tolist() == [[99]]
