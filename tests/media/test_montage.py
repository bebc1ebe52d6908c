from fractions import Fraction
from itertools import accumulate
from math import ceil
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from l1.media.colours import BLACK
from l1.media.montage import Montage, Seen
from l1.media.pacing import paced
from l1.media.projecting import film_of_shots
from l1.media.shots import Screen, Shot
from l1.media.transitions import WHOLE

RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50)])
SHOTS = st.lists(st.tuples(st.integers(12, 60), RATES), min_size=1, max_size=5)
SHORT = st.fractions(Fraction(1, 1000), Fraction(12, 100))


def shot(frames, rate, name=""):
    return Shot(
        path=Path(name),
        size=(16, 16),
        aspect=Fraction(1),
        rate=rate,
        frames=frames,
        seconds=frames / rate,
        name=name,
    )


def spans(shots, rate, overlap):
    """Say at which pictures each shot is seen, walking through them."""
    begin = Fraction(0)
    for one in shots:
        numbers = paced(range(one.frames), rate=one.rate, onto=rate, begin=begin)
        yield list(enumerate(numbers, ceil(begin * rate)))
        begin += one.seconds - overlap


@given(given_=SHOTS, rate=RATES, overlap=st.one_of(st.just(Fraction(0)), SHORT))
def test_each_shot_is_seen_in_full_while_its_time_is(given_, rate, overlap):
    shots = [shot(*one) for one in given_]
    montage = Montage(shots, rate, overlap=overlap)
    found = {(n, s.shot, s.number) for n in range(montage.frames) for s in montage.seen(n)}
    walked = spans(shots, rate, overlap)
    assert found == {(n, i, number) for i, each in enumerate(walked) for n, number in each}
    seconds = sum(one.seconds for one in shots) - (len(shots) - 1) * overlap
    assert montage.frames == ceil(seconds * rate)


@given(given_=SHOTS, rate=RATES, overlap=SHORT)
def test_what_is_mixed_in_rises_to_the_whole(given_, rate, overlap):
    montage = Montage([shot(*one) for one in given_], rate, overlap=overlap)
    for number in range(montage.frames):
        under, *over = montage.seen(number)
        assert under.weight == WHOLE
        assert all(0 < seen.weight <= WHOLE and seen.shot == under.shot + 1 for seen in over)


def test_a_fade_goes_down_to_a_cut_and_up_again_but_not_at_the_ends():
    shots = [shot(20, Fraction(10)), shot(20, Fraction(10))]
    montage = Montage(shots, Fraction(10), fade=Fraction(1))
    weights = [seen.weight for number in range(40) for seen in montage.seen(number)]
    assert weights[:15] == weights[25:] == [WHOLE] * 15
    assert weights[15:20] == sorted(weights[15:20], reverse=True)
    assert weights[15:20] == weights[24:19:-1]
    assert montage.seen(20) == (Seen(shot=1, number=0, weight=weights[20]),)


def needs_of(shots, overlap=Fraction(0)):
    """Name what each two seconds of shots at 25 a second are made from."""
    screen = Screen(size=(16, 16), aspect=Fraction(1), rate=Fraction(25), ground=BLACK)
    montage = Montage(shots, screen.rate, overlap=overlap)
    with film_of_shots(montage, screen) as film:
        starts = range(0, film.frames, 50)
        return [film.needs(first, min(first + 50, film.frames)) for first in starts]


def test_another_clip_in_one_place_leaves_all_other_segments_as_they_were():
    shots = [shot(50, Fraction(25), f"clip {number}") for number in range(300)]
    before = needs_of(shots)
    after = needs_of([*shots[:20], shot(50, Fraction(25), "another"), *shots[21:]])
    assert [
        n for n, pair in enumerate(zip(before, after, strict=True)) if len({*map(str, pair)}) > 1
    ] == [20]
    ends = list(accumulate(one.seconds for one in shots))
    assert len(before) == ends[-1] / 2


@settings(max_examples=30)
@given(given_=SHOTS, other=SHOTS, overlap=SHORT)
def test_equal_needs_are_equal_pictures(given_, other, overlap):
    both = [[shot(*one, f"{one}") for one in each] for each in (given_, other)]
    needs = [needs_of(each, overlap) for each in both]
    seen = [
        [
            [
                (m.shots[s.shot].name, s.number, s.weight)
                for n in range(f, min(f + 50, m.frames))
                for s in m.seen(n)
            ]
            for f in range(0, m.frames, 50)
        ]
        for m in (Montage(each, Fraction(25), overlap=overlap) for each in both)
    ]
    for number in range(min(map(len, needs))):
        assert (needs[0][number] == needs[1][number]) == (seen[0][number] == seen[1][number])
