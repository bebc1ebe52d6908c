"""Clips that take turns on beats."""

from fractions import Fraction
from itertools import accumulate, groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.features import Beats
from l1.dag.sync_turns import TurnParams, turns
from l1.errors import Refused

RATE = Fraction(25)


def beats(*ms, duration=4000, down=()):
    return Beats(
        duration_ms=duration, tempo_mbpm=120_000, confidence=900, beats_ms=ms, downbeats_ms=down
    )


def shown(frames, found, **params):
    """Which clip each output frame is of, and which picture of it."""
    made = turns(frames, RATE, found, TurnParams(**params))
    begins = [0, *accumulate(frames)]
    numbers = list(made.shown())
    which = [max(n for n, begin in enumerate(begins[:-1]) if begin <= at) for at in numbers]
    return which, [at - begins[clip] for at, clip in zip(numbers, which, strict=True)]


def test_clips_change_on_each_beat_and_go_on_from_where_they_were_left():
    which, at = shown((100, 100, 100), beats(1000, 2000, 3000))
    assert which == [0] * 25 + [1] * 25 + [2] * 25 + [0] * 25
    assert at == [*range(25), *range(25), *range(25), *range(25, 50)]


def test_a_clip_begins_again_where_too_little_is_left_and_is_repeated_when_it_is_short():
    which, at = shown((30, 10), beats(1000, 2000, 3000))
    assert which == [0] * 25 + [1] * 25 + [0] * 25 + [1] * 25
    assert at == [*range(25), *range(10), *range(10), *range(5), *range(25), *range(10),
                  *range(10), *range(5)]  # fmt: skip


def test_beats_that_count_are_chosen():
    found = beats(500, 1000, 1500, 2000, 2500, 3000, 3500, down=(1000, 3000))
    assert len(turns((100, 100), RATE, found, TurnParams()).intervals) == 8
    assert len(turns((100, 100), RATE, found, TurnParams(every=2)).intervals) == 5
    assert len(turns((100, 100), RATE, found, TurnParams(downbeats=True)).intervals) == 3
    with pytest.raises(Refused, match="no beats in this music"):
        turns((100, 100), RATE, beats(), TurnParams())


def test_a_shuffle_has_each_clip_once_in_a_round_and_another_seed_another_order():
    found = beats(*range(400, 4000, 400))
    orders = set()
    for seed in range(6):
        which, _ = shown((200,) * 5, found, distribute="shuffle", seed=seed)
        order = [which[n] for n in range(0, 100, 10)]
        assert sorted(order[:5]) == sorted(order[5:]) == list(range(5))
        orders.add(tuple(order))
    assert len(orders) > 3


@given(
    st.lists(st.integers(1, 300), min_size=2, max_size=6),
    st.lists(st.integers(1, 20_000), min_size=1, max_size=40, unique=True),
    st.sampled_from(["round_robin", "shuffle"]),
)
def test_every_frame_is_of_the_clip_whose_turn_it_is(frames, at, distribute):
    found = beats(*sorted(at), duration=20_000)
    made = turns(tuple(frames), RATE, found, TurnParams(distribute=distribute))
    which, numbers = shown(tuple(frames), found, distribute=distribute)
    assert made.frames == len(which) == 500
    assert all(0 <= n < frames[clip] for clip, n in zip(which, numbers, strict=True))
    starts = [interval.frame for interval in made.intervals]
    for start, stop in zip(starts, [*starts[1:], made.frames], strict=True):
        assert len(list(groupby(which[start:stop]))) == 1
