"""Laws of nodes, measured on real clips and songs."""

import json
import math
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from l1 import compose
from l1.effects.effect import Job, Source
from l1.media.audio_file import write_audio
from l1.media.decoding import open_clip
from l1.media.joining import Part, joined
from l1.media.listening import hear
from l1.media.probing import probe
from tests.analyses.songs import INSTALL, songs
from tests.effects.golden import fingerprint
from tests.media.hearing import heard, lag
from tests.media.test_loudness import metered
from tests.real.media import BIKES, BUNNY, PHONE

pytestmark = pytest.mark.real

needs_songs = pytest.mark.skipif(not songs(), reason=f"the songs are not installed: {INSTALL}")
EFFECTS = compose.effects()
TEN_MINUTES = 600
SECOND = 48_000
NTSC = Fraction(30_000, 1001)


def made(node, output, *paths, **config):
    """Render one node and answer its output."""
    effect = EFFECTS[node]
    effect.render(
        Job(
            sources=tuple(Source(path=path, info=probe(path)) for path in paths),
            params=effect.parse(config),
            output=output,
            progress=lambda _done, _total: None,
            note=lambda _text: None,
        )
    )
    return output


def lights(path):
    """Green of every picture, each fourth pixel, after colours are read as their file says."""
    with open_clip(path) as clip:
        return np.stack([shown.green[::4, ::4] for shown in clip.pictures]).astype(int)


def noise(found, wanted):
    """Tell by how many of 255 tones encoding changed pictures, each of which is in its place.

    Colours are not shifted, and none is clearly more like a neighbour of the one it should be.
    """
    assert found.shape == wanted.shape
    own = np.abs(found - wanted).mean(axis=(1, 2))
    for shift in (1, -1):
        other = np.abs(found[1:-1] - np.roll(wanted, shift, axis=0)[1:-1]).mean(axis=(1, 2))
        assert (own[1:-1] <= other + 1).all()
        assert own.mean() < other.mean()
    assert abs((found - wanted).mean()) < 0.6
    return float(own.mean())


@pytest.mark.parametrize("clip", [BUNNY, BIKES, PHONE])
def test_parts_that_meet_are_the_whole(tmp_path, clips, clip):
    source = clips / clip
    bounds = ["0", "0.84", "1.601", "3.337", None]
    parts = [
        made("segment", tmp_path / str(n), source, **({"start": a} | ({"end": b} if b else {})))
        for n, (a, b) in enumerate(pairwise(bounds))
    ]
    whole = made("sequence", tmp_path / "whole", *parts)
    before, after = probe(source), probe(whole)
    assert after.video.frames == before.video.frames == len(lights(source))
    assert (after.video.rate_num, after.video.rate_den) == (
        before.video.rate_num,
        before.video.rate_den,
    )
    difference = noise(lights(whole), lights(source))
    print(f"{clip}: {after.video.frames} pictures in their places, {difference:.2f} of 255 off")
    assert difference < 4


@pytest.mark.parametrize("clip", [BUNNY, BIKES, PHONE])
def test_decoded_parts_that_meet_are_the_whole_to_the_bit(clips, clip):
    def planes(first, stop):
        with open_clip(clips / clip) as opened:
            for shown in opened.part(first, stop):
                yield shown.red.tobytes(), shown.green.tobytes(), shown.blue.tobytes()

    total = probe(clips / clip).video.frames
    digest = hash(tuple(map(hash, planes(0, total))))
    parts = [part for a, b in pairwise([0, 31, 32, 77, total]) for part in map(hash, planes(a, b))]
    assert hash(tuple(parts)) == digest


def test_reversed_twice_is_what_it_was(tmp_path, clips):
    once = made("reverse", tmp_path / "once", clips / BUNNY)
    twice = made("reverse", tmp_path / "twice", once)
    original = lights(clips / BUNNY)
    assert noise(lights(once)[::-1], original) < 3
    difference = noise(lights(twice), original)
    shift = lag(heard(clips / BUNNY), heard(twice), at=60_000, window=24_000)
    print(f"reversed twice: {difference:.2f} of 255 off, sound by {shift} samples")
    assert difference < 3
    assert shift == 0


@needs_songs
def test_loudness_is_within_half_a_unit_of_the_target(tmp_path):
    for song in songs():
        soft = made("gain", tmp_path / "soft", song.sound, db=-24)
        for path, target in ((song.sound, -14), (song.sound, -23), (soft, -16)):
            output = made("normalize", tmp_path / "level", path, target=target)
            integrated, _, peak = metered(heard(output))
            highest = 20 * np.log10(peak)
            print(f"{song.name}: {target} wanted, {integrated:.2f} LUFS, {highest:.2f} dBTP")
            assert abs(integrated - target) <= 0.5
            assert highest <= -0.9


@needs_songs
def test_ten_minutes_cut_at_any_moment_and_joined_are_the_same_samples(tmp_path):
    tune = ten_minutes(tmp_path / "tune.flac")
    draw = np.random.default_rng(11)
    bounds = [0, *sorted(draw.choice(np.arange(1, TEN_MINUTES * 1000), 59, replace=False))]
    bounds = [*(f"{ms / 1000:.3f}" for ms in bounds), None]
    parts = [
        made("segment", tmp_path / str(n), tune, start=a, **({"end": b} if b else {}))
        for n, (a, b) in enumerate(pairwise(bounds))
    ]
    whole = made("sequence", tmp_path / "whole", *parts)
    same = heard(whole)
    assert same.shape == (2, TEN_MINUTES * SECOND)
    assert np.array_equal(same, heard(tune))
    print(f"{len(parts)} parts, {same.shape[1]} samples, all equal")


@needs_songs
def test_ten_minutes_of_video_at_2997_stay_in_step_with_their_sound(tmp_path, clips):
    tune = ten_minutes(tmp_path / "tune.flac")
    film = made("loop", tmp_path / "film", clips / PHONE, duration=TEN_MINUTES)
    video = made("mux", tmp_path / "video", film, tune)
    total = probe(video).video.frames
    assert total == math.ceil(TEN_MINUTES * NTSC)
    bounds = [*range(0, TEN_MINUTES, 60), None]
    parts = [
        made("segment", tmp_path / str(n), video, start=a, **({"end": b} if b else {}))
        for n, (a, b) in enumerate(pairwise(bounds))
    ]
    whole = made("sequence", tmp_path / "whole", *parts)
    assert probe(whole).video.frames == total
    assert probe(whole).video.rate_num == NTSC.numerator
    before, after = heard(tune), heard(whole)
    shifts = [
        lag(before[:, at:], after[:, at:], at=4000, window=24_000, most=200)
        for at in range(20 * SECOND, (TEN_MINUTES - 10) * SECOND, 60 * SECOND)
    ]
    print(f"{total} pictures in 10 parts; sound shifted by {shifts} samples")
    assert set(shifts) == {0}


def test_key_frames_at_2997_stand_at_exact_multiples(tmp_path, clips):
    video = made("loop", tmp_path / "film", clips / PHONE, duration=30)
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        keys = [p.pts * stream.time_base for p in container.demux(stream) if p.is_keyframe]
    assert len(keys) == 15
    assert keys == [n * 60 / NTSC for n in range(15)]


def test_another_rate_is_exact_and_as_long(tmp_path, clips):
    for clip in (BUNNY, BIKES):
        video = probe(made("fps", tmp_path / clip, clips / clip, fps="29.97"))
        assert Fraction(video.video.rate_num, video.video.rate_den) == NTSC
        assert abs(video.duration_us - probe(clips / clip).duration_us) <= 33_400


@needs_songs
@pytest.mark.parametrize("mode", ["stretch", "cut"])
def test_every_beat_of_a_song_has_a_piece_within_half_a_frame(tmp_path, clips, mode):
    for song in songs()[:3]:
        beats = made("beats", tmp_path / "beats", song.sound)
        output = made("beat_schedule", tmp_path / "plan", clips / BUNNY, beats, mode=mode)
        plan = json.loads(output.read_text())
        rate = plan["rate_num"] / plan["rate_den"]
        starts = [(ms, frame) for ms, frame, _ in plan["intervals"]]
        errors = [abs(plan["start_ms"] + frame / rate * 1000 - ms) for ms, frame in starts]
        print(f"{song.name}, {mode}: {len(errors)} beats, {max(errors):.1f} ms at most")
        assert max(errors) <= 500 / rate + 0.5


def test_a_cut_between_two_clips_is_found_to_the_picture(tmp_path, clips):
    both = made("sequence", tmp_path / "both", clips / BUNNY, clips / BIKES)
    found = json.loads(made("scenes", tmp_path / "scenes", both).read_text())["scenes"]
    assert 132 in found["cuts"]


def test_what_is_copied_and_what_changes_nothing_is_the_same_to_the_bit(tmp_path, clips):
    source = clips / BUNNY
    assert made("identity", tmp_path / "same", source).read_bytes() == source.read_bytes()
    plain = made("segment", tmp_path / "plain", source, end=1)
    for node, config in (("gain", {}), ("fade", {})):
        sound = made(node, tmp_path / node, source, **config)
        assert np.abs(heard(sound) - heard(source)).max() < 2**-22
    still = made("blur", tmp_path / "blur", plain, radius=0)
    assert noise(lights(still), lights(plain)) < 2
    again = made("blur", tmp_path / "again", plain, radius=0)
    assert fingerprint(again) == fingerprint(still)


def ten_minutes(path):
    """Write the first ten minutes of all songs, one after the other."""
    parts, left = [], Fraction(TEN_MINUTES)
    for song in songs():
        seconds = min(left, Fraction(int(probe(song.sound).duration_us / 1e6)))
        parts.append(Part(path=song.sound, seconds=seconds))
        left -= seconds
    write_audio(path, joined([p for p in parts if p.seconds]), progress=lambda *_: None)
    assert sum(block.shape[1] for block in hear(path)) == TEN_MINUTES * SECOND
    return path
