import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.compositing import lay_over, mix, with_opacity
from l1.media.pictures import Picture

BYTES = st.integers(0, 255)


def picture(level, size=(4, 4), alpha=None):
    planes = [np.full(size, level, np.uint8) for _ in range(3)]
    cover = None if alpha is None else np.full(size, alpha, np.uint8)
    return Picture(red=planes[0], green=planes[1], blue=planes[2], alpha=cover)


@given(under=BYTES, over=BYTES, cover=BYTES)
def test_over_what_covers_fully_a_mixture_is_exact(under, over, cover):
    found = int(mix(*(np.array([[byte]], np.uint8) for byte in (under, over, cover)))[0, 0])
    assert found == (2 * (under * (255 - cover) + over * cover) + 255) // 510
    base = picture(under, alpha=255)
    same = lay_over(base, picture(over, alpha=cover))
    assert abs(int(same.green[1, 1]) - found) <= 0
    assert int(same.alpha[1, 1]) == 255


@given(under=BYTES, over=BYTES, lower=BYTES, upper=BYTES)
def test_over_what_is_seen_through_it_is_that_of_porter_and_duff(under, over, lower, upper):
    found = lay_over(picture(under, alpha=lower), picture(over, alpha=upper))
    a, b = upper / 255, lower / 255
    cover = a + b * (1 - a)
    assert abs(int(found.alpha[0, 0]) - 255 * cover) <= 0.51
    if cover:
        assert abs(int(found.red[0, 0]) - (over * a + under * b * (1 - a)) / cover) <= 0.51


@given(left=st.integers(-9, 9), top=st.integers(-9, 9))
def test_a_layer_is_cut_off_at_the_edge_of_the_base(left, top):
    expected = np.zeros((5, 6), np.uint8)
    for row in range(max(0, top), min(5, top + 3)):
        for column in range(max(0, left), min(6, left + 4)):
            expected[row, column] = 200
    base = picture(0, (5, 6))
    found = lay_over(base, picture(200, (3, 4)), left=left, top=top)
    assert np.array_equal(found.red, expected)
    assert not base.red.any()


def test_opacity_makes_clearer_and_full_opacity_changes_nothing():
    solid = picture(9)
    assert with_opacity(solid, 255) is solid
    assert set(with_opacity(solid, 100).alpha.ravel()) == {100}
    assert set(with_opacity(picture(9, alpha=128), 128).alpha.ravel()) == {64}
