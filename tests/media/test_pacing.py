from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from l1.media.pacing import paced, seen_at

RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])


@given(count=st.integers(0, 300), rate=RATES, begin=st.fractions(0, 9, max_denominator=30))
def test_the_own_rate_changes_nothing(count, rate, begin):
    assert list(paced(range(count), rate=rate, onto=rate, begin=begin)) == list(range(count))


@given(count=st.integers(1, 200), rate=RATES, onto=RATES)
def test_each_moment_shows_what_is_seen_then(count, rate, onto):
    shown = list(paced(range(count), rate=rate, onto=onto))
    assert shown == [int(slot / onto * rate) for slot in range(len(shown))]
    assert (len(shown) - 1) / onto < count / rate <= len(shown) / onto


@given(clips=st.lists(st.tuples(st.integers(1, 40), RATES), min_size=1, max_size=30), onto=RATES)
def test_clips_in_a_row_neither_drift_nor_leave_a_gap(clips, onto):
    begin, slots = Fraction(0), 0
    for count, rate in clips:
        slots += len(list(paced(range(count), rate=rate, onto=onto, begin=begin)))
        begin += count / rate
    assert 0 <= slots / onto - begin < 1 / onto


@given(
    count=st.integers(1, 60),
    rate=RATES,
    onto=RATES,
    begin=st.fractions(0, 9, max_denominator=1001),
)
def test_any_moment_can_be_asked_for_by_itself(count, rate, onto, begin):
    shown = list(paced(range(count), rate=rate, onto=onto, begin=begin))
    slots = range(ceil(begin * onto), ceil((begin + count / rate) * onto))
    assert shown == [seen_at(slot, rate=rate, onto=onto, begin=begin) for slot in slots]
