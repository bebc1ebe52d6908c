import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l1.media.dice import MOST, thrown


def test_the_bytes_are_the_same_for_ever():
    assert thrown(0, 0, 9).tolist() == [155, 216, 228, 8, 100, 186, 244, 2, 178]
    assert thrown(MOST, 10**9, 9).tolist() == [218, 54, 88, 224, 245, 147, 100, 57, 251]


@given(seed=st.integers(0, MOST), number=st.integers(0, 10**9), count=st.integers(0, 99))
def test_fewer_bytes_are_the_first_of_more(seed, number, count):
    assert thrown(seed, number, count).tolist() == thrown(seed, number, 99)[:count].tolist()


def test_all_bytes_are_equally_frequent_and_pictures_differ():
    one, other = (thrown(5, number, 256_000) for number in (1, 2))
    counts = np.bincount(one, minlength=256)
    assert 800 < counts.min() <= counts.max() < 1200
    assert (one == other).mean() < 0.01
