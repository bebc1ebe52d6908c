"""Curves: what lies between points, what pictures see, and what is refused."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.content.curve import ONE, Curve, Hit, is_curve
from l1.errors import Refused


def curve(*values, rate=Fraction(10), low=0, high=ONE, **more):
    return Curve(
        rate_num=rate.numerator,
        rate_den=rate.denominator,
        low=low,
        high=high,
        values=values,
        **more,
    )


RISING = curve(0, ONE // 2, ONE)
TIMES = st.fractions(min_value=-2, max_value=2, max_denominator=1000)


def test_between_points_the_value_is_a_straight_line():
    assert [RISING.at(Fraction(n, 20)) for n in range(5)] == [Decimal(n) / 4 for n in range(5)]


def test_before_the_first_point_and_after_the_last_it_stays():
    assert RISING.at(Fraction(-5)) == 0
    assert RISING.at(Fraction(5)) == 1


def test_what_repeats_begins_again_a_step_after_its_last_point():
    wave = curve(0, ONE, repeats=True)
    assert wave.at(Fraction(1, 10)) == 1
    assert wave.at(Fraction(3, 20)) == Decimal("0.5")
    assert wave.at(Fraction(2, 10)) == wave.at(Fraction(0)) == 0


@given(st.lists(st.integers(0, ONE), min_size=1, max_size=9), TIMES)
def test_what_repeats_is_the_same_a_turn_later(values, time):
    wave = curve(*values, repeats=True)
    assert wave.at(time) == wave.at(time + Fraction(len(values), 10))


@given(st.lists(st.integers(0, ONE), min_size=1, max_size=9), TIMES, st.booleans())
def test_no_value_is_outside_of_its_neighbours(values, time, repeats):
    assert min(values) <= curve(*values, repeats=repeats).millionths_at(time) <= max(values)


def test_a_hit_is_seen_by_the_nearest_picture_alone():
    struck = curve(0, 0, hits=(Hit(at_ms=119, value=ONE),))
    assert [struck.seen(n, Fraction(25)) for n in range(6)] == [0, 0, 0, ONE, 0, 0]


def test_a_hit_in_a_range_that_is_turned_round_is_the_lowest_value():
    struck = curve(ONE, ONE, low=ONE, high=0, hits=(Hit(at_ms=40, value=0),))
    assert [struck.seen(n, Fraction(25)) for n in range(3)] == [ONE, 0, ONE]


def test_a_hit_below_what_is_there_anyway_changes_nothing():
    assert curve(ONE, hits=(Hit(at_ms=0, value=5),)).seen(0, Fraction(25)) == ONE


@settings(max_examples=25)
@given(st.integers(0, 5000), st.sampled_from([Fraction(24), Fraction(30000, 1001), Fraction(120)]))
def test_every_hit_is_seen_once_within_half_a_frame(at_ms, rate):
    struck = curve(0, hits=(Hit(at_ms=at_ms, value=ONE),))
    frames = [n for n in range(int(6 * rate)) if struck.seen(n, rate) == ONE]
    assert len(frames) == 1
    assert abs(frames[0] / rate - Fraction(at_ms, 1000)) <= 1 / (2 * rate)


def test_a_curve_is_read_as_it_was_written():
    full = curve(1, 2, rate=Fraction(240, 7), hits=(Hit(at_ms=3, value=4),), repeats=True)
    assert Curve.read(full.to_json()) == full
    assert is_curve(full.to_json())
    assert RISING.to_json() == (
        b'{"high":1000000,"kind":"curve","low":0,"rate_den":1,"rate_num":10,'
        b'"values":[0,500000,1000000]}'
    )


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"beats": {}}', b'{"kind": 3}', b"\xff"])
def test_something_else_is_no_curve(data):
    assert not is_curve(data)
    with pytest.raises(Refused, match="not a curve"):
        Curve.read(data)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"values": (2 * ONE,)}, "outside of `low` and `high`"),
        ({"values": ()}, "length >= 1"),
        ({"rate_num": 10**9}, "points a second"),
        ({"hits": ([5, 0], [5, 0])}, "rising order"),
        ({"hits": ([5, -1],)}, "outside of `low` and `high`"),
        ({"colour": 1}, "unknown field"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(broken, message):
    whole = msgspec.to_builtins(RISING) | broken
    with pytest.raises(Refused, match=message):
        Curve.read(msgspec.json.encode(whole))


def test_a_curve_too_long_to_be_read_is_refused():
    with pytest.raises(Refused, match="at most"):
        Curve.read(b" " * (64 * 2**20 + 1))
