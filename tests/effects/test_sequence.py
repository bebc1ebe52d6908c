from decimal import Decimal
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from l1.effects.segment import SEGMENT, SegmentParams
from l1.effects.sequence import SEQUENCE, SequenceParams, Transition
from l1.errors import Refused
from l1.media.decoding import open_clip
from l1.media.lengths import length_of
from l1.media.probing import probe
from tests.effects.rendering import render
from tests.media.hearing import heard, noise, write_sound
from tests.media.making import RED, decoded, make_audio, make_video


def join(paths, output, **given):
    render(SEQUENCE, paths, output, SequenceParams(**given))
    info = probe(output)
    assert info.problem == ""
    return info


def colour(path, size, rgb):
    Image.new("RGB", size, rgb).save(path)
    return path


def times_of(path):
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


def test_videos_follow_each_other_with_their_sound(tmp_path):
    one = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    two = make_video(tmp_path / "b.mp4", frames=13, audio="aac")
    info = join([one, two, one], tmp_path / "c.mp4")
    assert (info.video.frames, info.duration_us) == (73, 2_920_000)
    shots, firsts, seconds = (decoded(path) for path in (tmp_path / "c.mp4", one, two))
    for found, expected in zip(shots, [*firsts, *seconds, *firsts], strict=True):
        assert np.abs(found.astype(int) - expected).mean() < 4
    assert heard(tmp_path / "c.mp4").shape == (2, 73 * 1920)


def test_two_parts_of_eight_seconds_last_four(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=200, audio="aac")
    parts = [tmp_path / "0.mp4", tmp_path / "1.mp4"]
    for path, (start, end) in zip(parts, ((0, 2), (5, 7)), strict=True):
        render(SEGMENT, source, path, SegmentParams(start=Decimal(start), end=Decimal(end)))
    info = join(parts, tmp_path / "b.mp4")
    assert (info.duration_us, info.video.frames) == (4_000_000, 100)
    expected = [*decoded(source)[:50], *decoded(source)[125:175]]
    for found, shot in zip(decoded(tmp_path / "b.mp4"), expected, strict=True):
        assert np.abs(found.astype(int) - shot).mean() < 5


@given(data=st.data())
@settings(max_examples=4, deadline=None)
def test_parts_that_meet_make_the_whole_again(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("whole")
    rate = data.draw(st.sampled_from([Fraction(25), Fraction(30000, 1001)]))
    source = make_video(folder / "a.mp4", frames=40, rate=rate, audio="aac")
    cuts = sorted(data.draw(st.sets(st.decimals("0.04", "1.2", places=2), max_size=3)))
    parts = []
    for start, end in zip([Decimal(0), *cuts], [*cuts, None], strict=True):
        try:
            part = folder / f"{start}.mp4"
            render(SEGMENT, source, part, SegmentParams(start=start, end=end))
            parts.append(part)
        except Refused:
            continue
    join(parts, folder / "b.mp4")
    assert times_of(folder / "b.mp4") == times_of(source)
    whole, again = heard(source, stop=40 / rate), heard(folder / "b.mp4")
    assert again.shape[1] == round(40 / rate * 48_000)
    assert abs(whole.shape[1] - again.shape[1]) <= 2048


def test_videos_without_sound_are_joined(tmp_path):
    one, two = (make_video(tmp_path / f"{n}.mp4", frames=10) for n in range(2))
    info = join([one, two], tmp_path / "c.mp4")
    assert (info.video.frames, info.audio) == (20, None)


def test_missing_sound_is_silence(tmp_path):
    silent = make_video(tmp_path / "a.mp4", frames=25)
    sounding = make_video(tmp_path / "b.mp4", frames=25, audio="aac")
    join([silent, sounding, silent], tmp_path / "c.mp4")
    sound = heard(tmp_path / "c.mp4")
    assert sound.shape == (2, 3 * 48_000)
    level = [np.abs(sound[:, at + 3000 : at + 45_000]).max() for at in range(0, 144_000, 48_000)]
    assert level[0] < 0.001 < 0.2 < level[1]
    assert level[2] < 0.001


def plain(rgb):
    return lambda _: np.full((64, 96, 3), rgb, np.uint8)


def coloured(path, rgb, **given):
    return make_video(path, draw=plain(rgb), **given)


def levels(path):
    return [int(shot[32, 48, 0]) for shot in decoded(path)]


def test_a_crossfade_mixes_both_pictures_and_sounds(tmp_path):
    one = coloured(tmp_path / "a.mp4", (40,) * 3, frames=25, audio="aac")
    two = coloured(tmp_path / "b.mp4", (200,) * 3, frames=25)
    info = join([one, two, one], tmp_path / "c.mp4", transition="crossfade")
    assert (info.video.frames, info.duration_us) == (50, 2_000_000)
    rise, fall = ([40 + 160 * (2 * n + 1) / (2 * size) for n in range(size)] for size in (12, 13))
    expected = [40] * 13 + rise + fall[::-1] + [40] * 12
    assert np.abs(np.subtract(levels(tmp_path / "c.mp4"), expected)).max() < 6
    sound = np.abs(heard(tmp_path / "c.mp4"))
    assert sound.shape == (2, 96_000)
    peaks = [sound[:, at : at + 2400].max() for at in (12_000, 34_800, 46_800, 58_800, 90_000)]
    assert peaks[0] > 0.25
    assert 0.1 < peaks[1] < 0.2
    assert peaks[2] < 0.06
    assert 0.1 < peaks[3] < 0.2
    assert peaks[4] > 0.25


def test_a_fade_goes_down_to_the_background_and_up_again(tmp_path):
    one = coloured(tmp_path / "a.mp4", (200,) * 3, frames=25, audio="aac")
    info = join(
        [one, one],
        tmp_path / "b.mp4",
        transition=Transition(type="fade", duration=Decimal("0.8")),
        background="#202020",
    )
    assert info.video.frames == 50
    found = np.array(levels(tmp_path / "b.mp4"))
    assert np.abs(found[:15] - 200).max() < 4
    assert np.abs(found[35:] - 200).max() < 4
    assert found[24] < 50
    assert found[25] < 50
    assert np.abs(found - found[::-1]).max() < 6
    sound = np.abs(heard(tmp_path / "b.mp4"))
    assert sound.shape == (2, 96_000)
    assert sound[:, 47_500:48_500].max() < 0.03
    assert min(sound[:, 100:2000].max(), sound[:, 94_000:95_900].max()) > 0.25


@pytest.mark.parametrize("kind", ["crossfade", "fade"])
def test_clips_of_other_size_rate_and_kind_meet_in_a_transition(tmp_path, kind):
    colour(tmp_path / "c.png", (31, 50), RED)
    clips = [
        make_video(tmp_path / "a.mp4", frames=25, audio="aac"),
        make_video(tmp_path / "b.mkv", frames=31, rate=Fraction(30000, 1001), size=(50, 80)),
        tmp_path / "c.png",
        make_video(tmp_path / "d.mp4", frames=60, rate=60, size=(128, 96), audio="aac"),
    ]
    wanted = {"transition": kind, "image_duration": Decimal("1.3")}
    info = join(clips, tmp_path / "e.mp4", **wanted)
    seconds = Fraction(33, 10) + Fraction(31 * 1001, 30000) - (kind == "crossfade") * Fraction(3, 2)
    assert info.video.frames == -(-seconds * 25 // 1)
    assert heard(tmp_path / "e.mp4").shape[1] == round(seconds * 48_000)
    join(clips, tmp_path / "f.mp4", **wanted)
    assert (tmp_path / "e.mp4").read_bytes() == (tmp_path / "f.mp4").read_bytes()


@pytest.mark.parametrize("kind", ["crossfade", "fade"])
def test_one_clip_and_alike_clips_stay_what_they_are(tmp_path, kind):
    clip = make_video(tmp_path / "a.mp4", frames=12, audio="aac")
    join([clip], tmp_path / "b.mp4")
    join([clip], tmp_path / "c.mp4", transition=kind)
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "c.mp4").read_bytes()


def test_sounds_alone_are_crossfaded_and_faded(tmp_path):
    paths = [write_sound(tmp_path / f"{n}.flac", noise(48_000, seed=n)) for n in range(3)]
    for kind, total in (("crossfade", 96_000), ("fade", 144_000)):
        join(paths, tmp_path / "all.flac", transition=kind)
        sound = heard(tmp_path / "all.flac")
        assert sound.shape[1] == total
        assert np.abs(sound[:, :20_000] - noise(48_000, seed=0)[:, :20_000]).max() < 1e-6
    assert np.abs(sound[:, 47_990:48_010]).max() < 0.01


@pytest.mark.parametrize(("kind", "needed"), [("crossfade", "2.000"), ("fade", "1.000")])
def test_a_clip_too_short_for_its_transitions_is_refused(tmp_path, kind, needed):
    long, short = (make_video(tmp_path / f"{n}.mp4", frames=n) for n in (50, 20))
    with pytest.raises(Refused, match=f"Input 2 of SEQUENCE lasts 0.800 s.*take {needed} s"):
        join(
            [long, short, long],
            tmp_path / "c.mp4",
            transition=Transition(type=kind, duration=Decimal(1)),
        )


def test_transitions_have_one_form():
    named = SEQUENCE.parse({"transition": "fade"})
    assert named == SEQUENCE.parse({"transition": {"type": "fade"}})
    assert named == SEQUENCE.parse({"transition": {"type": "fade", "duration": "0.5"}})
    assert named != SEQUENCE.parse({"transition": "crossfade"})
    assert SEQUENCE.parse({"transition": {"type": "fade", "duration": 0}}) == SequenceParams()


def test_parameters_are_checked_and_have_one_form():
    plain = SequenceParams()
    for cut in ("cut", {"type": "cut"}, {}, {"type": "cut", "duration": 2}):
        assert SEQUENCE.parse({"transition": cut}) == plain
    assert SequenceParams(transition=Transition()) == plain
    with pytest.raises(ValueError, match="no `wipe` among the kinds"):
        SEQUENCE.parse({"transition": "wipe"})
    for config in ({"target_size": "explicit", "width": 50}, {"width": 50}, {"height": 50}):
        with pytest.raises(ValueError, match="goes with both"):
            SEQUENCE.parse(config)


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ({}, (96, 64)),
        ({"target_size": "last"}, (50, 100)),
        ({"target_size": "largest"}, (128, 96)),
        ({"target_size": "explicit", "width": 31, "height": 20}, (32, 20)),
    ],
)
def test_all_are_shown_at_the_target_size(tmp_path, wanted, size):
    clips = [
        make_video(tmp_path / "a.mp4", frames=3),
        make_video(tmp_path / "b.mp4", frames=3, size=(96, 96), aspect=Fraction(4, 3)),
        make_video(tmp_path / "c.mp4", frames=3, size=(100, 50), rotate=90),
    ]
    info = join(clips, tmp_path / "d.mp4", **wanted)
    assert (info.video.width, info.video.height, info.video.frames) == (*size, 9)
    with open_clip(tmp_path / "d.mp4") as clip:
        assert clip.aspect == 1


def test_bars_of_the_background_surround_what_is_narrower(tmp_path):
    clips = [make_video(tmp_path / "a.mp4", frames=3), tmp_path / "b.png"]
    Image.new("RGBA", (40, 80), (*RED, 0)).save(clips[1])
    join(clips, tmp_path / "c.mp4", background="#0000ff", image_duration=Decimal("0.12"))
    shot = decoded(tmp_path / "c.mp4")[-1].astype(int)
    assert np.abs(shot - (0, 0, 255)).max() < 12
    colour(clips[1], (40, 80), RED)
    join(clips, tmp_path / "d.mp4", background="#0000ff", image_duration=Decimal("0.12"))
    shot = decoded(tmp_path / "d.mp4")[-1].astype(int)
    assert np.abs(shot[32, 48] - RED).max() < 16
    assert np.abs(shot[32, 8] - (0, 0, 255)).max() < 12


def test_equal_videos_keep_their_wide_pixels(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=3, size=(96, 96), aspect=Fraction(4, 3))
    join([clip, clip], tmp_path / "b.mp4")
    with open_clip(tmp_path / "b.mp4") as made:
        assert (made.width, made.height, made.aspect) == (96, 96, Fraction(4, 3))


@pytest.mark.parametrize("rates", [(25, 50), (24, Fraction(30000, 1001)), (60, 24)])
def test_other_rates_are_shown_by_time_at_the_first(tmp_path, rates):
    clips = [
        make_video(tmp_path / f"{n}.mp4", frames=24, rate=rate, audio="aac")
        for n, rate in enumerate(rates)
    ]
    info = join(clips, tmp_path / "c.mp4")
    assert Fraction(info.video.rate_num, info.video.rate_den) == rates[0]
    seconds = sum((24 / Fraction(rate) for rate in rates), Fraction(0))
    assert 0 <= length_of(info) - seconds < 1 / Fraction(rates[0])
    shots, expected = decoded(tmp_path / "c.mp4")[24:], decoded(clips[1])
    for number, shot in enumerate(shots):
        at = int(number / Fraction(rates[0]) * rates[1])
        assert np.abs(shot.astype(int) - expected[at]).mean() < 5
    assert heard(tmp_path / "c.mp4").shape[1] == round(seconds * 48_000)


def test_images_alone_make_a_video(tmp_path):
    shots = [colour(tmp_path / "a.png", (31, 21), RED), colour(tmp_path / "b.png", (9, 9), RED)]
    info = join(shots, tmp_path / "c.mp4")
    assert (info.video.width, info.video.height, info.video.frames) == (32, 22, 150)
    assert (info.kind, info.audio, info.duration_us) == ("video", None, 6_000_000)


def test_an_animated_image_is_played_once(tmp_path):
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 200)) for n in range(4)]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=100)
    info = join([make_video(tmp_path / "a.mp4", frames=5), tmp_path / "a.gif"], tmp_path / "b.mp4")
    assert info.video.frames == 15
    reds = [int(shot[32, 48, 0]) for shot in decoded(tmp_path / "b.mp4")[5:]]
    assert reds == sorted(reds)
    assert reds[-1] > reds[0] + 150


def test_the_smallest_pictures_make_a_video(tmp_path):
    info = join([colour(tmp_path / "a.png", (1, 1), RED)], tmp_path / "b.mp4")
    assert (info.video.width, info.video.height) == (2, 2)


def test_sounds_alone_follow_each_other_to_the_sample(tmp_path):
    sounds = [noise(30_001, seed=1), noise(777, seed=2), noise(12_345, seed=3)]
    paths = [write_sound(tmp_path / f"{n}.flac", sound) for n, sound in enumerate(sounds)]
    info = join(paths, tmp_path / "all.flac")
    assert info.kind == "audio"
    assert np.abs(heard(tmp_path / "all.flac") - np.concatenate(sounds, axis=1)).max() < 1e-6


def test_sound_among_pictures_is_refused(tmp_path):
    clip, sound = make_video(tmp_path / "a.mp4", frames=3), make_audio(tmp_path / "a.wav")
    for inputs, place in (([clip, sound], 2), ([sound, clip], 1)):
        with pytest.raises(Refused, match=f"Input {place} of SEQUENCE is audio among pictures"):
            render(SEQUENCE, inputs, tmp_path / "b.mp4")


def test_a_thousand_inputs_are_joined_and_not_one_more(tmp_path):
    still = colour(tmp_path / "a.png", (16, 16), RED)
    with pytest.raises(Refused, match="1 to 1000 inputs, and got 1001"):
        render(SEQUENCE, [still] * 1001, tmp_path / "b.mp4")
    info = join([still] * 1000, tmp_path / "c.mp4", image_duration=Decimal("0.04"))
    assert info.video.frames == 1000


def test_the_same_sequence_is_the_same_bytes(tmp_path):
    clips = [
        make_video(tmp_path / "a.mp4", frames=30, audio="aac"),
        make_video(tmp_path / "b.mkv", frames=20, rate=Fraction(30000, 1001), size=(50, 80)),
    ]
    for name in ("c", "d"):
        join(clips, tmp_path / name)
    assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes()
