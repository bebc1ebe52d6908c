from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from l1.content.features import Beats
from l1.content.schedule import Schedule
from l1.dag.node import Node
from l1.dag.params import parse_params
from l1.dag.sync_params import SyncParams
from l1.dag.sync_pieces import Footage
from l1.dag.syncing import output_rate, schedule
from l1.errors import Refused

RATES = [
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(60),
    Fraction(1),
    Fraction(240),
]
FINE = Fraction(1, 1000)
FPS = [Decimal(n) for n in ("0", "24", "25", "29.97", "30", "59.94", "60", "12.5", "1")]


def beats(*times, end=None, every_ms=None, downbeats=()):
    times = tuple(range(every_ms, end, every_ms)) if every_ms else times
    return Beats(
        duration_ms=end or times[-1] + 500,
        tempo_mbpm=120_000,
        confidence=1000,
        beats_ms=times,
        downbeats_ms=tuple(downbeats),
    )


@st.composite
def music(draw):
    gaps = draw(st.lists(st.integers(1, 3000), min_size=1, max_size=40))
    times = [sum(gaps[: n + 1]) - 1 for n in range(len(gaps))]
    return beats(*times, end=times[-1] + draw(st.integers(0, 4000)) or 1)


@st.composite
def footage(draw):
    frames = draw(st.integers(1, 3000))
    scenes = draw(st.lists(st.integers(1, max(1, frames - 1)), max_size=8, unique=True))
    inside = tuple(sorted(scene for scene in scenes if scene < frames))
    heard = draw(st.lists(st.integers(0, 10_000), max_size=8, unique=True).map(sorted))
    rate = draw(st.sampled_from(RATES))
    return Footage(frames=frames, rate=rate, scenes=inside, beats_ms=(0, *heard))


@st.composite
def asked(draw, source):
    wish = draw(st.sampled_from(["auto", "cuts", "pieces", "beats", "pulse"]))
    moments = st.integers(0, source.frames - 1).map(
        lambda frame: Decimal(int(frame * 10**6 / source.rate)) / 10**6
    )
    given = tuple(draw(st.lists(moments, min_size=1, max_size=9))) if wish == "cuts" else ()
    own = (
        ("scenes" if draw(st.booleans()) and source.scenes else "beats") if wish == "beats" else ()
    )
    return SyncParams(
        mode="pulse" if wish == "pulse" else draw(st.sampled_from(["stretch", "cut"])),
        interp=draw(st.sampled_from(["nearest", "blend"])),
        decay=draw(st.sampled_from([Decimal("0.4"), Decimal("0.001"), Decimal(3)])),
        every=draw(st.integers(1, 4)),
        offset=draw(st.integers(0, 3)),
        cuts=given or own,
        pieces=draw(st.integers(1, source.frames)) if wish == "pieces" else 0,
        scenes=draw(st.booleans()),
        order=draw(st.sampled_from(["auto", "forward", "spread", "shuffle"])),
        min_speed=draw(st.sampled_from([Decimal("0.25"), Decimal("0.01"), Decimal(1)])),
        max_speed=draw(st.sampled_from([Decimal(4), Decimal(1), Decimal("1.5"), Decimal(100)])),
        fill=draw(st.sampled_from(["hold", "loop", "next"])),
        trim=draw(st.booleans()),
        fps=draw(st.sampled_from(FPS)),
    )


@settings(deadline=None)
@given(data=st.data(), source=footage(), heard=music())
def test_any_beats_give_a_schedule_that_keeps_its_promises(data, source, heard):
    params = data.draw(asked(source))
    chosen = heard.beats_ms[params.offset :: params.every]
    assume(len(chosen) > params.trim)
    made = schedule(source, heard, params)
    shown = list(made.shown())

    # As long as the music that it takes, to the frame, and never out of range.
    seconds = Fraction(made.end_ms - made.start_ms, 1000)
    assert len(shown) == made.frames
    longer = made.frames - seconds * made.rate
    assert made.frames == 1 or (abs(longer) <= Fraction(1, 2) if params.trim else 0 <= longer < 1)
    assert all(0 <= frame < source.frames for frame in shown)
    assert (made.start_ms, made.end_ms) == (
        (chosen[0], chosen[-1]) if params.trim else (0, heard.duration_ms)
    )

    # Each beat's frame shows its cut point, no more than half a frame away.
    for interval in made.intervals:
        assert shown[interval.frame] == interval.source
        late = interval.frame / made.rate - Fraction(interval.beat_ms - made.start_ms, 1000)
        assert abs(late) <= 1 / made.rate / 2 or interval.frame == made.frames - 1
    assert all(a.frame < b.frame for a, b in pairwise(made.intervals))

    # A beat is seen alone, and its pulse nowhere stronger than there.
    pictures = list(made.pictures())
    assert [picture.source for picture in pictures] == shown
    for picture in pictures:
        assert picture.source <= picture.beside < source.frames
        assert 0 <= picture.weight <= (256 if params.interp == "blend" else 0)
    strongest = max(picture.level for picture in pictures)
    assert strongest == (200 if params.mode == "pulse" else 0)
    for interval in made.intervals:
        assert pictures[interval.frame].level == strongest
        assert params.mode == "pulse" or pictures[interval.frame].weight == 0

    # Nothing is written that cannot be read again.
    assert Schedule.read(made.to_json()) == made


@settings(deadline=None)
@given(data=st.data(), source=footage(), heard=music())
def test_within_an_interval_time_runs_forward_at_an_allowed_speed(data, source, heard):
    params = msgspec.structs.replace(data.draw(asked(source)), fill="hold", trim=True)
    assume(len(heard.beats_ms[params.offset :: params.every]) > 1)
    assume(params.mode != "pulse")
    made = schedule(source, heard, params)
    shown, native = list(made.shown()), made.source_rate / made.rate
    slowest = 1 if params.mode == "cut" else Fraction(params.min_speed)
    fastest = 1 if params.mode == "cut" else Fraction(params.max_speed)
    stops = [interval.frame for interval in made.intervals[1:]] + [made.frames]
    for interval, stop in zip(made.intervals, stops, strict=True):
        assert all(a <= b for a, b in pairwise(shown[interval.frame : stop]))
    for run in made.runs:
        speed = Fraction(run.num, run.den) / native
        assert not run.num or slowest * (1 - FINE) <= speed <= fastest * (1 + FINE)


def test_every_picture_between_two_beats_follows_the_formula():
    params = SyncParams(cuts=(Decimal(1), Decimal(2), Decimal(4)), trim=True)
    made = schedule(
        Footage(frames=200, rate=Fraction(25)), beats(400, 1000, 1800, end=3000), params
    )
    first = [25 + k * 25 // 15 for k in range(15)]
    second = [50 + k * 50 // 20 for k in range(20)]
    assert list(made.shown()) == first + second


def test_a_cut_plays_at_its_own_speed_and_holds_its_last_picture():
    params = SyncParams(mode="cut", cuts=(Decimal(1), Decimal("1.2")), trim=True)
    source = Footage(frames=100, rate=Fraction(25))
    made = schedule(source, beats(400, 1000, 1800, end=3000), params)
    assert list(made.shown()) == [25, 26, 27, 28, 29] + [29] * 10 + list(range(30, 50))


@pytest.mark.parametrize(
    ("fill", "then"), [("hold", [29] * 5), ("loop", range(25, 30)), ("next", range(30, 35))]
)
def test_a_short_piece_is_filled_as_asked(fill, then):
    params = SyncParams(mode="cut", cuts=(Decimal(1), Decimal("1.2")), trim=True, fill=fill)
    source = Footage(frames=100, rate=Fraction(25))
    made = schedule(source, beats(0, 400, 1800), params)
    assert list(made.shown())[:10] == [*range(25, 30), *then]


def test_too_short_a_piece_plays_at_the_least_speed_and_too_long_a_one_is_cut_off():
    source = Footage(frames=400, rate=Fraction(25))
    slow = SyncParams(cuts=(Decimal(0), Decimal("0.2")), trim=True)
    shown = list(schedule(source, beats(0, 2000), slow).shown())
    assert shown == [k // 4 for k in range(20)] + [4] * 30
    fast = SyncParams(cuts=(Decimal(0), Decimal(16) - Decimal("0.04")), trim=True)
    shown = list(schedule(source, beats(0, 400), fast).shown())
    assert shown == [4 * k for k in range(10)]


@pytest.mark.parametrize(
    ("fill", "before", "after"),
    [
        ("hold", [0] * 5 + [0, 1, 2, 3, 4], [*range(50, 60), *[59] * 5]),
        ("loop", [0, 1, 2, 3, 4] * 2, [*range(50, 60), *range(50, 55)]),
        ("next", [*range(55, 60), *range(5)], [*range(50, 60), *range(5)]),
    ],
)
def test_given_cuts_are_seen_on_beats_alone_but_when_the_source_goes_on(fill, before, after):
    params = SyncParams(cuts=(Decimal("0.2"), Decimal(2)), fill=fill)
    source = Footage(frames=60, rate=Fraction(25))
    shown = list(schedule(source, beats(400, 800, end=1400), params).shown())
    assert shown[:10] == before
    assert shown[20:] == after


def test_before_a_cut_at_the_very_beginning_comes_the_end_of_the_source():
    params = SyncParams(cuts=(Decimal(0), Decimal(2)))
    made = schedule(Footage(frames=60, rate=Fraction(25)), beats(200, 400, end=600), params)
    assert list(made.shown())[:6] == [55, 56, 57, 58, 59, 0]


def test_equal_pieces_come_round_before_the_first_beat_and_play_on_after_the_last():
    params = SyncParams(pieces=4)
    made = schedule(Footage(frames=60, rate=Fraction(25)), beats(200, 800, end=3000), params)
    shown = list(made.shown())
    assert shown[:6] == [55, 56, 57, 58, 59, 0]
    assert shown[20:] == [*range(15, 60), *range(10)]


def test_automatic_pieces_play_the_source_from_its_first_picture_at_about_its_own_speed():
    source = Footage(frames=250, rate=Fraction(25))
    made = schedule(source, beats(300, *range(790, 8000, 505), end=8000), SyncParams())
    shown = list(made.shown())
    assert abs(shown[-1] - made.frames) < 15
    assert shown[0] == 0
    assert all(0 <= b - a <= 2 for a, b in pairwise(shown))


def test_an_automatic_source_begins_again_when_it_runs_out():
    source = Footage(frames=40, rate=Fraction(25))
    made = schedule(source, beats(every_ms=500, end=6000), SyncParams(trim=True))
    assert [interval.source for interval in made.intervals][:7] == [0, 13, 26] * 2 + [0]


def test_scenes_of_the_source_begin_on_beats():
    source = Footage(frames=200, rate=Fraction(25), scenes=(30, 33, 101))
    made = schedule(source, beats(every_ms=480, end=8000), SyncParams())
    starts = [interval.source for interval in made.intervals]
    assert starts[:10] == [12, 21, 30, 41, 53, 65, 77, 89, 101, 113]
    assert 33 not in starts  # a scene of three frames is too short for a beat


def test_a_break_in_the_music_gets_as_many_pieces_as_it_has_room_for():
    source = Footage(frames=1000, rate=Fraction(25))
    made = schedule(source, beats(500, 1000, 1500, 5500, 6000, end=6500), SyncParams(trim=True))
    assert all(0 <= b - a <= 2 for a, b in pairwise(made.shown()))


def test_automatic_cuts_leap_and_never_show_the_end_of_a_piece():
    source = Footage(frames=500, rate=Fraction(25))
    made = schedule(source, beats(every_ms=500, end=9000), SyncParams(mode="cut", trim=True))
    shown = list(made.shown())
    for interval in made.intervals[1:]:
        assert abs(shown[interval.frame] - shown[interval.frame - 1]) > 20
    assert all(run.num for run in made.runs)
    sources = [interval.source for interval in made.intervals]
    assert len(set(sources)) == len(sources)


def test_a_shuffle_is_the_same_for_ever_and_another_by_another_seed():
    source = Footage(frames=500, rate=Fraction(25))
    heard = beats(every_ms=500, end=6000)

    def order(seed):
        made = schedule(source, heard, SyncParams(pieces=5, order="shuffle", seed=seed, trim=True))
        return [interval.source // 100 for interval in made.intervals]

    assert order(2) == [1, 3, 0, 4, 2, 0, 3, 1, 4, 2]
    assert len({tuple(order(seed)) for seed in range(8)}) > 4


def test_the_beats_of_the_source_fall_on_those_of_the_music():
    source = Footage(frames=100, rate=Fraction(25), beats_ms=(180, 800, 1590, 2400, 9000))
    heard = beats(400, 800, 1200, 1600, 2000, end=2400)
    made = schedule(source, heard, SyncParams(cuts="beats", trim=True))
    assert [interval.source for interval in made.intervals] == [5, 20, 40, 60]
    assert list(made.shown())[:20] == [5 + k * 15 // 10 for k in range(10)] + list(range(20, 40, 2))


def test_the_scenes_of_the_source_alone_fall_on_beats():
    source = Footage(frames=100, rate=Fraction(25), scenes=(12, 50))
    made = schedule(source, beats(every_ms=400, end=2000), SyncParams(cuts="scenes", mode="cut"))
    assert [interval.source for interval in made.intervals] == [0, 12, 50, 0]
    assert list(made.shown())[-12:] == [58, 59, *range(10)]


def test_a_pulse_fades_after_each_beat_while_the_source_plays_as_it_is():
    source = Footage(frames=15, rate=Fraction(25))
    params = SyncParams(mode="pulse", amount=Decimal("0.5"), decay=Decimal("0.15"))
    made = schedule(source, beats(210, 300, 800, end=1000), params)
    assert list(made.shown()) == [*range(15), *range(10)]
    assert [(interval.frame, interval.source) for interval in made.intervals] == [
        (5, 5),
        (8, 8),
        (20, 5),
    ]
    assert made.pulse.levels == (500, 281, 125, 31)
    levels = [picture.level for picture in made.pictures()]
    assert levels == [
        *[0] * 5, 500, 281, 125, *[500, 281, 125, 31], *[0] * 8, *[500, 281, 125, 31, 0]
    ]  # fmt: skip


def test_what_lies_between_two_pictures_is_mixed_when_asked_and_never_with_the_next_piece():
    source = Footage(frames=100, rate=Fraction(25))
    params = SyncParams(cuts=(Decimal(1), Decimal("1.2")), trim=True, interp="blend")
    made = schedule(source, beats(0, 800), params)
    seen = [(each.source, each.beside, each.weight) for each in made.pictures()]
    assert seen[:6] == [
        (25, 26, 0),
        (25, 26, 64),
        (25, 26, 128),
        (25, 26, 192),
        (26, 27, 0),
        (26, 27, 64),
    ]
    assert seen[-2:] == [(29, 29, 128), (29, 29, 192)]


def test_beats_are_chosen_by_offset_and_every_and_by_bars():
    source = Footage(frames=500, rate=Fraction(25))
    heard = beats(every_ms=500, end=6000, downbeats=(1000, 3000, 5000))

    def chosen(**params):
        made = schedule(source, heard, SyncParams(**params))
        return [interval.beat_ms for interval in made.intervals]

    assert chosen(every=4) == [500, 2500, 4500]
    assert chosen(every=4, offset=1) == [1000, 3000, 5000]
    assert chosen(downbeats=True) == [1000, 3000, 5000]
    assert chosen(downbeats=True, offset=1) == [3000, 5000]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"downbeats": True}, "found no downbeats"),
        ({"offset": 11}, "leaves none of the 11 beats"),
        ({"offset": 10, "trim": True}, "needs two beats"),
        ({"cuts": (Decimal(9), Decimal(20))}, "ends at 20.000 s"),
        ({"pieces": 501}, "has 500 frames"),
        ({"cuts": "beats"}, "no beat was found in the video's own sound"),
        ({"cuts": "scenes"}, "one scene without a cut"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(params, words):
    source = Footage(frames=500, rate=Fraction(25))
    with pytest.raises(Refused, match=words):
        schedule(source, beats(every_ms=500, end=6000), SyncParams(**params))


def test_music_without_beats_is_refused():
    silent = Beats(duration_ms=5000, tempo_mbpm=0, confidence=0, beats_ms=(), downbeats_ms=())
    with pytest.raises(Refused, match="found no beats"):
        schedule(Footage(frames=9, rate=Fraction(25)), silent, SyncParams())


@pytest.mark.parametrize(
    "config",
    [
        {"cuts": [1], "pieces": 3},
        {"cuts": [-1]},
        {"cuts": [1, 99999]},
        {"fps": 0.5},
        {"min_speed": 0},
        {"max_speed": "0.5"},
        {"every": 0},
        {"mode": "warp"},
        {"fill": "none"},
        {"cuts": "bars"},
        {"interp": "flow"},
        {"amount": 0},
        {"mode": "pulse", "pieces": 4},
        {"mode": "pulse", "cuts": "beats"},
    ],
)
def test_parameters_out_of_range_are_refused(config):
    node = Node(name="n", version=1, summary="", params=SyncParams, accepts=())
    with pytest.raises(Refused):
        parse_params(node, config)


def test_television_rates_are_meant_by_their_short_names():
    assert output_rate(Decimal("29.97"), Fraction(25)) == Fraction(30000, 1001)
    assert output_rate(Decimal("23.98"), Fraction(25)) == Fraction(24000, 1001)
    assert output_rate(Decimal("59.94"), Fraction(25)) == Fraction(60000, 1001)
    assert output_rate(Decimal(30), Fraction(25)) == 30
    assert output_rate(Decimal(0), Fraction(25)) == 25
