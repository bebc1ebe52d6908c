import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.light import FULL, from_light, soften, to_light


def test_every_byte_survives_the_way_to_light_and_back():
    assert from_light()[to_light()].tolist() == list(range(256))
    assert (to_light()[0], to_light()[255]) == (0, FULL)


@given(value=st.integers(0, FULL), radius=st.integers(0, 30))
def test_softening_leaves_an_even_surface_alone(value, radius):
    surface = np.full((7, 5), value, np.uint16)
    assert np.array_equal(soften(surface, radius=radius), surface)


@given(radius=st.integers(1, 12), seed=st.integers(0, 999))
def test_softening_is_the_mean_of_two_boxes_along_each_axis(radius, seed):
    light = np.random.default_rng(seed).integers(0, FULL + 1, (20, 17)).astype(np.uint16)
    width = 2 * radius + 1
    expected = light.astype(int)
    for axis in (0, 1):
        pad = [(2 * radius, 2 * radius) if a == axis else (0, 0) for a in (0, 1)]
        expected = np.pad(expected, pad, mode="edge")
        for _ in range(2):
            windows = np.lib.stride_tricks.sliding_window_view(expected, width, axis=axis)
            expected = (windows.sum(-1) + width // 2) // width
    assert np.array_equal(soften(light, radius=radius), expected)


def test_softening_is_alike_in_all_directions():
    point = np.zeros((21, 21), np.uint16)
    point[10, 10] = FULL
    soft = soften(point, radius=2)
    assert np.abs(soft.astype(int) - soft.T).max() <= 1
    assert np.array_equal(soft, soft[::-1])
