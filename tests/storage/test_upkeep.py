import os
import time

import pytest

from l1.storage.upkeep import sign, signed, turn


def test_a_folder_remembers_the_logs_that_used_it(tmp_path):
    assert signed(tmp_path) == frozenset()
    for log in ("one", "other", "one"):
        sign(tmp_path, log)
    assert signed(tmp_path) == {"one", "other"}


def test_one_of_several_has_the_turn(tmp_path):
    with turn(tmp_path, every_s=0) as first, turn(tmp_path, every_s=0) as second:
        assert (first, second) == (True, False)
    with turn(tmp_path, every_s=0) as later:
        assert later


def test_the_next_turn_comes_when_the_time_is_over(tmp_path):
    with turn(tmp_path, every_s=3600) as first:
        assert first
    with turn(tmp_path, every_s=3600) as early:
        assert not early
    then = time.time() - 3601
    os.utime(tmp_path / "swept", (then, then))
    with turn(tmp_path, every_s=3600) as due:
        assert due


def test_a_turn_that_failed_is_given_again(tmp_path):
    with pytest.raises(ValueError, match="broken"), turn(tmp_path, every_s=3600):
        raise ValueError("broken")
    with turn(tmp_path, every_s=3600) as again:
        assert again
