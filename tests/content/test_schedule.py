import pytest

from l1.content.schedule import Interval, Pulse, Run, Schedule
from l1.errors import Refused

RUNS = (Run(frames=3, source=2, num=1, den=2), Run(frames=2, source=9, num=0, den=1))


def plain(**changes):
    fields = {
        "mode": "cut",
        "rate_num": 25,
        "rate_den": 1,
        "source_frames": 10,
        "source_rate_num": 30000,
        "source_rate_den": 1001,
        "start_ms": 0,
        "end_ms": 200,
        "frames": 5,
        "runs": RUNS,
        "intervals": (Interval(beat_ms=0, frame=0, source=2),),
    }
    return Schedule(**(fields | changes))


def test_runs_say_what_each_frame_shows():
    assert list(plain().shown()) == [2, 2, 3, 9, 9]


def test_a_schedule_is_one_canonical_text():
    text = plain().to_json()
    assert b'"runs":[[3,2,1,2],[2,9,0,1]]' in text
    assert Schedule.read(text) == plain()
    assert Schedule.read(text).to_json() == text


def test_what_is_as_usual_is_not_written():
    assert b"interp" not in plain().to_json()
    made = plain(pulse=Pulse(look="flash", levels=(1000, 20)), interp="blend")
    assert b'"interp":"blend"' in made.to_json()
    assert b'"pulse":{"levels":[1000,20],"look":"flash"}' in made.to_json()
    assert Schedule.read(made.to_json()) == made


def test_frames_are_shown_with_what_is_mixed_in_and_the_pulse():
    made = plain(
        pulse=Pulse(look="zoom", levels=(300, 100)),
        interp="blend",
        intervals=(
            Interval(beat_ms=40, frame=1, source=2),
            Interval(beat_ms=80, frame=2, source=3),
        ),
    )
    seen = [(each.source, each.beside, each.weight, each.level) for each in made.pictures()]
    assert seen == [(2, 3, 0, 0), (2, 3, 128, 300), (3, 3, 0, 300), (9, 9, 0, 100), (9, 9, 0, 0)]
    every = list(made.pictures())
    for first in range(6):
        assert [list(made.pictures(first, stop)) for stop in range(7)] == [
            every[first:stop] for stop in range(7)
        ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"frames":5', b'"frames":6', "as many frames"),
        (b"[2,9,0,1]", b"[2,9,1,1]", "no frame beyond"),
        (b"[2,9,0,1]", b"[2,9,0,0]", "runs"),
        (b"[2,9,0,1]", b"[2,9,0,1,5]", "at most length 4"),
        (b'"end_ms":200', b'"end_ms":200,"more":1', "more"),
        (b'"start_ms":0', b'"start_ms":300', "end_ms"),
        (b'"rate_num":25', b'"rate_num":2500', "240"),
        (b'"mode":"cut"', b'"mode":"warp"', "mode"),
        (b"[0,0,2]", b"[0,0,2],[9,0,2]", "rising frames"),
        (b"[0,0,2]", b"[0,5,2]", "rising frames below"),
        (b"{", b"[", "beat schedule"),
    ],
)
def test_what_cannot_be_shown_is_refused(old, new, words):
    text = plain().to_json()
    assert old in text
    with pytest.raises(Refused, match=words):
        Schedule.read(text.replace(old, new, 1))
