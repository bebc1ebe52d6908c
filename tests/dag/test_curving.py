"""Curves that are made of what was heard."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.curve import ONE
from l1.content.features import Bands, Beats, Energy, Features, Loudness, Onsets
from l1.dag.bind_params import BindParams
from l1.dag.curve_shapes import bent, wave
from l1.dag.curving import curve_of
from l1.errors import Refused

SHAPES = ["linear", "ease", "square", "exp", "root", "log"]
WAVES = ["sine", "triangle", "saw", "ramp", "square"]

BEATS = Features(
    beats=Beats(
        duration_ms=4000,
        tempo_mbpm=120_000,
        confidence=1000,
        beats_ms=(520, 1020, 1533, 2020, 2520, 3020),
        downbeats_ms=(1020, 3020),
    )
)
KICKS = Features(
    bands=Bands(
        duration_ms=200,
        hop_ms=20,
        bass=(0, 0, 1000, 500, 0, 0, 0, 800, 0, 0),
        mid=(500,) * 10,
        treble=(0,) * 10,
    )
)


def heard(values, hop_ms=20):
    return Features(energy=Energy(duration_ms=len(values) * hop_ms, hop_ms=hop_ms, values=values))


ENERGIES = st.lists(st.integers(0, 1000), min_size=1, max_size=40).map(tuple).map(heard)
SECONDS = st.decimals(min_value=0, max_value=1, places=2)
RANGES = st.tuples(*[st.decimals(min_value=-5, max_value=5, places=3)] * 2)
PARAMS = st.builds(
    BindParams,
    range=RANGES,
    offset=st.decimals(min_value=-1, max_value=1, places=3),
    attack=SECONDS,
    release=SECONDS,
    smooth=SECONDS,
    curve=st.sampled_from(SHAPES),
    noise=SECONDS,
    seed=st.integers(0, 3),
)


def between(low, high):
    return Decimal(low), Decimal(high)


def made(features, **params):
    return curve_of(features, BindParams(**params))


def values(features, **params):
    return made(features, **params).values


@given(ENERGIES, PARAMS)
def test_a_curve_keeps_to_its_range_and_has_a_value_for_all_the_sound(features, params):
    curve = curve_of(features, params)  # `Curve` refuses what is outside of its range
    assert {curve.low, curve.high} == {int(end * ONE) for end in params.range}
    assert (len(curve.values) - 1) / curve.rate >= Fraction(features.energy.duration_ms, 1000)


@given(ENERGIES, SECONDS)
def test_smoothing_never_goes_beyond_what_was_there(features, smooth):
    plain, soft = values(features), values(features, smooth=smooth)
    assert min(plain) <= min(soft) <= max(soft) <= max(plain)
    assert len(plain) == len(soft)


def test_smoothing_moves_nothing():
    soft = values(heard((0, 0, 0, 1000, 0, 0, 0)), smooth=Decimal("0.06"))
    highest = [point for point, value in enumerate(soft) if value == max(soft)]
    assert (highest[0], highest[-1]) == (5, 9)


@given(ENERGIES, SECONDS, SECONDS)
def test_a_longer_attack_is_never_higher_and_a_longer_release_never_lower(features, one, other):
    short, long = sorted((one, other))
    rising = values(features, attack=short), values(features, attack=long)
    assert all(a >= b for a, b in zip(*rising, strict=True))
    falling = values(features, release=short), values(features, release=long)
    assert all(a <= b for a, b in zip(*falling, strict=True))


def test_a_release_takes_as_long_as_it_says():
    falling = values(heard((1000, *[0] * 40)), release=Decimal("0.5"))
    assert falling.index(0) == 51
    assert falling[25] == pytest.approx(ONE * 0.52, abs=20_000)


@given(ENERGIES, st.integers(0, 50), SECONDS, SECONDS, SECONDS)
def test_an_offset_is_the_same_curve_later(features, tens, attack, release, noise):
    shape = {"attack": attack, "release": release}
    plain = made(features, **shape)
    later = made(features, **shape, offset=Decimal(tens) / 100)
    for k in range(tens, len(later.values)):
        assert later.values[k] == plain.values[k - tens]


@pytest.mark.parametrize(("feature", "marks"), [("beat", "beats_ms"), ("downbeat", "downbeats_ms")])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(60), Fraction(240)])
def test_a_beat_is_highest_within_half_a_frame_of_where_it_is(feature, marks, rate):
    curve = made(BEATS, feature=feature, decay=Decimal("0.2"), curve="exp")
    seen = [curve.seen(n, rate) for n in range(int(4 * rate))]
    highest = [n for n, value in enumerate(seen) if value == ONE]
    expected = getattr(BEATS.beats, marks)
    assert len(highest) == len(expected)
    for frame, at in zip(highest, expected, strict=True):
        assert abs(frame / rate - Fraction(at, 1000)) <= 1 / (2 * rate)


def test_a_beat_falls_to_nothing_in_its_decay():
    curve = made(BEATS, feature="beat", decay=Decimal("0.2"), range=(Decimal(2), Decimal(4)))
    assert [float(curve.at(Fraction(t, 1000))) for t in (500, 520, 620, 720, 800)] == [
        2, 4, 3, 2, 2,
    ]  # fmt: skip


def test_a_weak_onset_beside_a_strong_one_is_less():
    features = Features(
        onsets=Onsets(duration_ms=1000, onsets_ms=(100, 150, 700), strengths=(1000, 200, 500))
    )
    curve = made(features, feature="onset", decay=Decimal("0.1"))
    assert curve.at(Fraction(15, 100)) == Decimal("0.5")
    assert curve.at(Fraction(7, 10)) == Decimal("0.5")
    assert [hit.value for hit in curve.hits] == [ONE, ONE // 5, ONE // 2]


def test_bands_are_where_they_sound():
    curve = made(KICKS, feature="bass")
    assert curve.at(Fraction(50, 1000)) == 1
    assert curve.at(Fraction(150, 1000)) == Decimal("0.8")
    assert set(values(KICKS, feature="mid")) == {ONE // 2}
    assert set(values(KICKS, feature="treble")) == {0}


def test_loudness_stands_between_the_loudest_moment_and_forty_units_below():
    levels = (-7000,) * 10 + (-3000,) * 10 + (-1000,) * 10
    features = Features(
        loudness=Loudness(duration_ms=3000, hop_ms=100, range_clu=0, momentary_clufs=levels)
    )
    curve = made(features, feature="loudness")
    assert [curve.at(Fraction(t, 10)) for t in (2, 13, 25)] == [0, Decimal("0.5"), 1]


def test_silence_of_no_length_is_nothing():
    assert set(values(heard(()))) == {0}
    assert set(values(heard(()), range=(Decimal(3), Decimal(4)))) == {3 * ONE}


@given(ENERGIES, st.integers(0, 99), st.integers(0, 99))
def test_a_seed_decides_how_it_trembles(features, one, other):
    first, again = (values(features, noise=Decimal("0.5"), seed=one) for _ in range(2))
    assert first == again
    if one != other and len(first) > 10:
        assert first != values(features, noise=Decimal("0.5"), seed=other)


def test_a_seed_without_noise_means_nothing():
    assert BindParams(seed=4) == BindParams()


@given(st.sampled_from(SHAPES), st.integers(0, ONE), st.integers(0, ONE))
def test_bending_keeps_order_and_both_ends(shape, one, other):
    low, high = sorted((one, other))
    assert bent(low, shape) <= bent(high, shape)
    assert (bent(0, shape), bent(ONE, shape)) == (0, ONE)


@pytest.mark.parametrize(("one", "other"), [("exp", "log"), ("square", "root")])
def test_two_ways_of_bending_undo_each_other(one, other):
    for value in range(ONE // 10, ONE, ONE // 10):
        assert bent(bent(value, one), other) == pytest.approx(value, abs=200)


@pytest.mark.parametrize("shape", WAVES)
def test_waves_begin_at_an_end_and_reach_the_other(shape):
    turn = [wave(place, 1000, shape) for place in range(1000)]
    assert turn[0] == (0 if shape == "ramp" else ONE)
    assert max(turn) >= ONE * 999 // 1000
    assert min(turn) <= ONE // 1000
    assert wave(1234, 1000, shape) == turn[234]


def test_an_lfo_turns_in_its_period_without_any_sound():
    curve = curve_of(None, BindParams(feature="lfo", period=Decimal("1.5"), range=between(0, 10)))
    assert curve.repeats
    for t, value in ((0, 10), (Fraction(3, 8), 5), (Fraction(3, 4), 0), (Fraction(3, 2), 10)):
        assert float(curve.at(Fraction(t))) == pytest.approx(value, abs=1e-3)
    later = BindParams(
        feature="lfo", period=Decimal("1.5"), range=between(0, 10), offset=Decimal("0.375")
    )
    assert float(curve_of(None, later).at(Fraction(3, 8))) == pytest.approx(10, abs=5e-3)


@pytest.mark.parametrize("period", ["0.01", "0.7", "3600"])
def test_an_lfo_with_noise_has_whole_turns(period):
    params = BindParams(feature="lfo", period=Decimal(period), noise=Decimal("0.1"), seed=3)
    curve = curve_of(None, params)
    turns = len(curve.values) / curve.rate / Fraction(period)
    assert turns.denominator == 1
    assert len(curve.values) < 1_000_000


def test_an_lfo_of_beats_is_highest_where_a_bar_begins():
    curve = made(BEATS, feature="lfo", beats=Decimal(4))
    assert curve.at(Fraction(1020, 1000)) == curve.at(Fraction(3020, 1000)) == 1
    assert curve.at(Fraction(2020, 1000)) == 0
    twice = made(BEATS, feature="lfo", beats=Decimal("0.5"), shape="saw")
    assert [float(twice.at(Fraction(t, 1000))) for t in (1020, 1150, 2020)] == [
        1, pytest.approx(0.493, abs=0.02), 1,
    ]  # fmt: skip


def test_a_curve_can_be_bent_and_ranged_again():
    first = made(heard((0, 500, 1000, 0)), range=(Decimal(10), Decimal(30)))
    again = curve_of(first, BindParams(range=(Decimal(1), Decimal(0)), curve="square"))
    assert again.at(Fraction(30, 1000)) == Decimal("0.75")
    assert (again.low, again.high) == (ONE, 0)
    later = curve_of(first, BindParams(offset=Decimal("0.05")))
    assert later.at(Fraction(80, 1000)) == Decimal("0.5")


def test_a_curve_of_beats_keeps_its_hits_when_it_is_moved():
    again = curve_of(made(BEATS, feature="beat"), BindParams(offset=Decimal("0.1")))
    assert [hit.at_ms for hit in again.hits][:2] == [620, 1120]
    flat = curve_of(made(BEATS, feature="beat", range=between(1, 1)), BindParams())
    assert set(flat.values) == {0}


@pytest.mark.parametrize(
    ("features", "params", "message"),
    [
        (KICKS, {}, "needs the analysis `energy`, and this one has bands; name the sound"),
        (Features(), {"feature": "beat"}, "this one has nothing"),
        (None, {}, "needs something to follow"),
        (BEATS, {"feature": "lfo", "period": None, "beats": Decimal(1)}, None),
        (
            Features(
                beats=Beats(duration_ms=9, tempo_mbpm=0, confidence=0, beats_ms=(), downbeats_ms=())
            ),
            {"feature": "lfo", "beats": Decimal(1)},
            "give the lfo a `period`",
        ),
    ],
)
def test_what_was_not_heard_cannot_be_followed(features, params, message):
    if message is None:
        assert made(features, **params).values
        return
    with pytest.raises(Refused, match=message):
        made(features, **params)


def test_a_curve_has_no_features_and_one_that_repeats_no_attack():
    turning = curve_of(None, BindParams(feature="lfo", period=Decimal(1)))
    with pytest.raises(Refused, match="a curve has no `bass`"):
        curve_of(turning, BindParams(feature="bass"))
    with pytest.raises(Refused, match="repeats"):
        curve_of(turning, BindParams(attack=Decimal(1)))
    assert curve_of(turning, BindParams(range=between(2, 3))).at(Fraction(7)) == 3


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"range": ["0", "1e10"]}, "up to"),
        ({"range": ["0", "0.1234567"]}, "6 digits"),
        ({"feature": "lfo"}, "needs `period`"),
        ({"feature": "lfo", "period": "1", "beats": "1"}, "one of them"),
        ({"feature": "lfo", "period": "1", "attack": "1"}, "no `attack`"),
        ({"feature": "bass", "period": "1"}, "nothing else has"),
        ({"feature": "bass", "decay": "1"}, "by their release"),
        ({"feature": "beat", "decay": "0"}, ">= 0.01"),
    ],
)
def test_words_that_do_not_go_together_are_refused(config, message):
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(config, BindParams, strict=False)


def test_the_points_of_a_curve_never_change():
    params = BindParams(
        feature="bass", range=between(0, 12), attack=Decimal("0.02"), release=Decimal("0.1"),
        smooth=Decimal("0.04"), curve="exp", noise=Decimal("0.2"), seed=7,
    )  # fmt: skip
    assert curve_of(KICKS, params).values[:12] == (
        595716, 458724, 482076, 892512, 1703748, 3080904,
        5165424, 5443200, 3634776, 2428980, 1598892, 1034460,
    )  # fmt: skip
