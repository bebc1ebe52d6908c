"""The edit list of a schedule, as the program library that defines the form reads it."""

from fractions import Fraction

import opentimelineio as otio
import pytest

from l1.content.cid import Cid
from l1.content.otio import Medium, write_otio
from l1.content.schedule import Interval, Pulse, Run, Schedule

VIDEO = Medium(
    name="walk.mp4", cid=Cid("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
)
SONG = Medium(name="song.mp3")
RATES = [
    (Fraction(25), Fraction(25)),
    (Fraction(30000, 1001), Fraction(25)),
    (Fraction(60), Fraction(24000, 1001)),
]
RUNS = (
    Run(frames=7, source=3, num=1, den=3),
    Run(frames=5, source=40, num=1, den=1),
    Run(frames=4, source=49, num=0, den=1),
    Run(frames=9, source=10, num=40, den=9),
)


def made(rate, source_rate, **more):
    frames = sum(run.frames for run in RUNS)
    fields = {
        "mode": "stretch",
        "rate_num": rate.numerator,
        "rate_den": rate.denominator,
        "source_rate_num": source_rate.numerator,
        "source_rate_den": source_rate.denominator,
        "source_frames": 51,
        "start_ms": 250,
        "end_ms": 250 + int(frames / rate * 1000) - 7,
        "frames": frames,
        "runs": RUNS,
        "intervals": (
            Interval(beat_ms=250, frame=0, source=3),
            Interval(beat_ms=480, frame=7, source=40),
        ),
    }
    return Schedule(**(fields | more))


def read(schedule, music=SONG):
    text = write_otio(schedule, name="film", video=VIDEO, music=music).decode()
    timeline = otio.adapters.read_from_string(text, "otio_json")
    assert isinstance(timeline, otio.schema.Timeline)
    return timeline


@pytest.mark.parametrize(("rate", "source_rate"), RATES)
def test_clips_begin_and_end_when_the_schedule_says_and_show_what_it_says(rate, source_rate):
    schedule = made(rate, source_rate)
    (pictures,) = read(schedule).video_tracks()
    shown, at = [], 0
    for clip, run in zip(pictures, schedule.runs, strict=True):
        place = clip.trimmed_range_in_parent()
        assert place.start_time.to_frames() == at
        assert place.duration == otio.opentime.RationalTime(run.frames, float(rate))
        start = clip.source_range.start_time
        assert (start.value, start.rate) == (run.source, float(source_rate))
        speed = clip.effects[0].time_scalar if clip.effects else 1.0
        step = speed * float(source_rate) / float(rate)
        shown += [int(start.value + k * step + 1e-6) for k in range(run.frames)]
        at += run.frames
    assert shown == list(schedule.shown())
    assert pictures.duration() == otio.opentime.RationalTime(schedule.frames, float(rate))


def test_speeds_are_warps_and_held_pictures_freezes():
    (pictures,) = read(made(Fraction(25), Fraction(25))).video_tracks()
    slow, native, held, fast = ([type(each) for each in clip.effects] for clip in pictures)
    assert (slow, native) == ([otio.schema.LinearTimeWarp], [])
    assert (held, fast) == ([otio.schema.FreezeFrame], [otio.schema.LinearTimeWarp])


def test_media_are_found_by_name_and_by_cid():
    (pictures,) = read(made(Fraction(25), Fraction(25))).video_tracks()
    references = pictures[0].media_references()
    assert pictures[0].media_reference.target_url == "walk.mp4"
    assert references["ipfs"].target_url == f"ipfs://{VIDEO.cid}"
    whole = pictures[0].available_range()
    assert whole == otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(51, 25)
    )


@pytest.mark.parametrize(("rate", "source_rate"), RATES)
def test_the_music_begins_where_the_schedule_does_and_a_gap_fills_the_rest(rate, source_rate):
    schedule = made(rate, source_rate)
    (music,) = read(schedule).audio_tracks()
    clip, gap = music
    assert clip.source_range.start_time.to_seconds() == 0.25
    assert clip.duration().to_seconds() == (schedule.end_ms - schedule.start_ms) / 1000
    assert isinstance(gap, otio.schema.Gap)
    assert music.duration().to_seconds() == pytest.approx(float(schedule.frames / rate))
    assert clip.media_reference.target_url == "song.mp3"
    assert list(clip.media_references()) == ["DEFAULT_MEDIA"]


def test_music_that_is_longer_than_the_pictures_ends_with_them():
    (music,) = read(made(Fraction(25), Fraction(25), end_ms=9000)).audio_tracks()
    assert len(music) == 1
    assert music.duration().to_seconds() == 1.0


def test_beats_are_markers_and_the_rest_stands_in_the_metadata():
    pulse = Pulse(look="flash", levels=(200, 50))
    timeline = read(made(Fraction(25), Fraction(25), mode="pulse", pulse=pulse), music=None)
    assert timeline.audio_tracks() == []
    (pictures,) = timeline.video_tracks()
    markers = [(each.marked_range.start_time.value, each.name) for each in pictures.markers]
    assert markers == [(0, "beat 1"), (7, "beat 2")]
    assert pictures.markers[1].metadata["artdag"]["beat_ms"] == 480
    told = timeline.metadata["artdag"]
    assert (told["mode"], list(told["pulse"]["levels"])) == ("pulse", [200, 50])
    assert "runs" not in told
