"""CQT: tones that are known."""

from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest

from l1.dag.params import parse_params
from l1.effects.cqt import CQT
from l1.errors import Refused
from l1.media.bars import FULL
from l1.media.constant_q import STEPS, WINDOW, hertz, levels
from l1.media.probing import probe
from l1.media.tone_colours import black_keys, hues
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, noise, sine, write_sound
from tests.media.making import decoded, make_video

SECOND = 48_000
SMALL = {"width": 192, "height": 90, "fps": 10}
WIDE = {"lowest": 24, "octaves": 8, "floor": Fraction(-60)}


def shown(folder, sound, **config):
    path = write_sound(folder / "a.flac", sound)
    render(CQT, path, folder / "out", parse_params(CQT.node, {**SMALL, **config}))
    return folder / "out"


def test_tones_are_those_of_the_scale():
    tones = hertz(69, 1)
    assert tones[0] == pytest.approx(440)
    assert tones[2] == pytest.approx(466.164, abs=0.001)
    assert hertz(24, 8)[0] == pytest.approx(32.703, abs=0.001)
    assert len(hertz(24, 8)) == 8 * STEPS


@pytest.mark.parametrize("tone", [60, 90, 120, 150, 180])
def test_the_bar_of_a_tone_stands_highest_and_as_high_as_it_is_loud(tone):
    frequency = float(hertz(24, 8)[tone])
    (bars,) = levels([sine(frequency, WINDOW, level=0.02)], **WIDE)
    assert bars.argmax() == tone
    expected = (20 * np.log10(0.02) + 60) / 48 * FULL
    assert bars.max() == pytest.approx(expected, abs=FULL // 100)
    assert (bars[: tone - 6] < FULL // 10).all()
    assert (bars[tone + 7 :] < FULL // 10).all()


def test_semitones_are_told_apart_and_silence_is_nothing():
    chord = sine(440, WINDOW, level=0.1) + sine(493.883, WINDOW, level=0.1)
    (bars,) = levels([chord], **WIDE)
    low, high = (int(np.abs(hertz(24, 8) - each).argmin()) for each in (440, 493.883))
    assert bars[low] > bars[low + 2] < bars[high]
    (still,) = levels([np.zeros((2, WINDOW), np.float32)], **WIDE)
    assert not still.any()


def test_notes_have_the_same_colour_in_all_octaves():
    notes = np.arange(24, 48)
    red, green, blue = hues(notes, np.zeros(24, np.int64))
    assert [each[:12].tolist() for each in (red, green, blue)] == [
        each[12:].tolist() for each in (red, green, blue)
    ]
    assert black_keys(np.array([60, 61, 62, 63, 64, 65, 66])).tolist() == [
        False, True, False, True, False, False, True
    ]  # fmt: skip


def test_a_tone_stands_where_its_key_is_and_sinks_down(tmp_path):
    file = shown(tmp_path, sine(float(hertz(24, 8)[96]), SECOND, level=0.3), background="black")
    frames = decoded(file)
    tall = frames[5][:40].max(axis=2).max(axis=0)
    assert 94 <= int(tall.argmax()) <= 98
    assert frames[5][20, :80].max() < 40
    assert frames[2][80:].max() < 40 < frames[9][66:72, 94:99].max()


def test_the_video_has_the_sound_and_its_length(tmp_path):
    file = shown(tmp_path, sine(440, SECOND // 2), width=191)
    assert (probe(file).video.frames, probe(file).video.width) == (5, 192)
    assert np.array_equal(heard(file), heard(tmp_path / "a.flac"))


def test_what_cannot_be_shown_is_refused(tmp_path):
    with pytest.raises(Refused, match="no sound"):
        render(CQT, make_video(tmp_path / "a.mp4", frames=3), tmp_path / "no")
    with pytest.raises(Refused, match="at most 6 `octaves` from note 60"):
        parse_params(CQT.node, {"lowest": 60, "octaves": 7})


async def test_it_is_the_same_bytes_in_the_sandbox_and_stays_as_it_is(tmp_path):
    sound = noise(SECOND // 4, level=0.1) + sine(261.63, SECOND // 4, level=0.3)
    file = shown(tmp_path, sound, width=64, height=16)
    given = {**SMALL, "width": 64, "height": 16, "fps": "10"}
    again, _ = await render_in_child(CQT, [tmp_path / "a.flac"], tmp_path / "b", given)
    assert again.read_bytes() == file.read_bytes()
    frames = b"".join(frame.tobytes() for frame in decoded(shown(tmp_path, sound)))
    assert sha256(frames).hexdigest()[:16] == "16f63a7adb8d0c40"
