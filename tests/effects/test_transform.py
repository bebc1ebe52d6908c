from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from l1.content.cid import Cid
from l1.dag.params import parse_params
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.effects.transform import TRANSFORM, TransformParams, change_of
from l1.errors import Refused
from l1.media.lengths import length_of
from l1.media.pictures import Picture
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.rendering import render
from tests.media.hearing import heard
from tests.media.making import RED, decoded, make_audio, make_video, packets_of


def params(**given):
    return TransformParams(**{name: Decimal(str(value)) for name, value in given.items()})


@given(
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    alpha=st.booleans(),
    speed=st.decimals(Decimal("0.1"), 10, places=1),
)
def test_neutral_values_are_the_identity_on_pictures(width, height, alpha, speed):
    dice = np.random.default_rng(7).integers(0, 256, (4, height, width), np.uint8)
    cover = dice[3] if alpha else None
    picture = Picture(red=dice[0], green=dice[1], blue=dice[2], alpha=cover)
    assert change_of(params(speed=speed))(picture) is picture


def test_a_video_is_changed_and_keeps_frames_and_sound(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    progress, _ = render(TRANSFORM, source, tmp_path / "b.mp4", params(saturation=0, blur=1))
    info = probe(tmp_path / "b.mp4")
    assert (info.problem, info.video.frames, progress[-1]) == ("", 30, (30, 30))
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    shot = decoded(tmp_path / "b.mp4")[9].astype(int)
    assert np.ptp(shot, axis=2).max() <= 8
    assert np.ptp(decoded(source)[9].astype(int), axis=2).max() > 100


def test_neutral_values_leave_a_video_as_it_is(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=10, audio="aac")
    render(TRANSFORM, source, tmp_path / "b.mp4")
    pairs = zip(decoded(source), decoded(tmp_path / "b.mp4"), strict=True)
    assert max(np.abs(one.astype(int) - other).mean() for one, other in pairs) < 3


@pytest.mark.parametrize("speed", ["0.5", "0.8", "1.25", "2", "10"])
@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
def test_speed_changes_pictures_and_sound_together(tmp_path, speed, rate):
    source = make_video(tmp_path / "a.mp4", frames=60, rate=rate, audio="aac")
    render(TRANSFORM, source, tmp_path / "b.mp4", params(speed=speed))
    before, after = probe(source), probe(tmp_path / "b.mp4")
    wanted = length_of(before) / Fraction(speed)
    assert after.problem == ""
    assert 0 <= length_of(after) - wanted < 1 / rate
    lengths = [heard(path).shape[1] for path in (source, tmp_path / "b.mp4")]
    assert abs(lengths[1] - lengths[0] / Fraction(speed)) <= 1


def test_a_slow_video_shows_each_frame_longer(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=8, size=(96, 64))
    render(TRANSFORM, source, tmp_path / "b.mp4", params(speed="0.5"))
    frames, slow = decoded(source), decoded(tmp_path / "b.mp4")
    assert len(slow) == 16
    for number, shot in enumerate(slow):
        assert np.abs(shot.astype(int) - frames[number // 2]).mean() < 4


@pytest.mark.parametrize(
    "how",
    [
        {"frames": 1},
        {"size": (97, 63), "pix_fmt": "yuv444p"},
        {"rotate": 90},
        {"pix_fmt": "argb", "codec": "qtrle", "name": "a.mov"},
        {"times": [0, 40, 80, 400, 440], "name": "a.mkv"},
    ],
)
def test_edges_come_through_at_another_speed(tmp_path, how):
    source = tmp_path / how.pop("name", "a.mp4")
    make_video(source, **{"frames": 5} | how)
    render(TRANSFORM, source, tmp_path / "b.mp4", params(speed=2, gamma=2))
    before, after = probe(source), probe(tmp_path / "b.mp4")
    assert after.problem == ""
    assert abs(length_of(after) - length_of(before) / 2) <= Fraction(1, 25)


def test_an_image_is_changed_and_keeps_its_alpha(tmp_path):
    Image.new("RGBA", (30, 21), (*RED, 90)).save(tmp_path / "a.png")
    render(TRANSFORM, tmp_path / "a.png", tmp_path / "b.png", params(brightness="0.1"))
    picture = read_still(tmp_path / "b.png")
    assert set(picture.alpha.ravel()) == {90}
    assert set(picture.red.ravel()) == {round(RED[0] + 25.5)}


def test_an_image_has_no_speed_and_sound_no_hue(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(Refused, match="image has no speed"):
        render(TRANSFORM, tmp_path / "a.png", tmp_path / "b", params(speed=2))
    with pytest.raises(Refused, match="no hue and no blur; only `speed`"):
        render(TRANSFORM, make_audio(tmp_path / "a.wav"), tmp_path / "b", params(hue=9, blur=1))


def test_sound_alone_is_played_faster(tmp_path):
    progress, _ = render(
        TRANSFORM, make_audio(tmp_path / "a.wav"), tmp_path / "b.flac", params(speed=2)
    )
    assert abs(heard(tmp_path / "b.flac").shape[1] - heard(tmp_path / "a.wav").shape[1] / 2) <= 1
    assert progress[-1][0] == progress[-1][1]


@pytest.mark.parametrize("speed", [1, "1.5"])
def test_the_same_video_is_changed_to_the_same_bytes(tmp_path, speed):
    source = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    for name in ("b", "c"):
        render(TRANSFORM, source, tmp_path / name, params(hue=40, sharpen=1, speed=speed))
    assert (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_changes_may_stand_in_a_map_or_beside_it():
    beside = TRANSFORM.parse({"saturation": "1.5", "hue": "20"})
    assert TRANSFORM.parse({"effects": {"saturation": "1.50", "hue": 20}}) == beside
    assert TRANSFORM.parse({"effects": {"saturation": "1.5"}, "hue": 20}) == beside
    assert TRANSFORM.parse({"hue": -90}) == TRANSFORM.parse({"effects": {"hue": 270}})
    assert TRANSFORM.parse({"hue": 360}) == TRANSFORM.parse({"hue": -360}) == TransformParams()
    with pytest.raises(ValueError, match="`hue` is given twice"):
        TRANSFORM.parse({"effects": {"hue": 10}, "hue": 20})
    with pytest.raises(ValueError, match="unknown field `hew`"):
        TRANSFORM.parse({"effects": {"hew": 10}})
    with pytest.raises(ValueError, match=r">= 0.1 for `speed`"):
        TRANSFORM.parse({"speed": 0})


@pytest.mark.parametrize("written", ["SPEED", "speed", "Transform"])
def test_speed_is_another_name_of_the_same_work(tmp_path, written):
    source = make_video(tmp_path / "a.mp4", frames=12)
    cid, infos = Cid("a" * 64), {Cid("a" * 64): probe(source)}

    def planned(type_):
        text = f"""\
name: r
inputs: [v]
steps: [{{id: s, type: {type_}, inputs: [v], config: {{speed: 2}}}}]
output: s
"""
        nodes = {"transform": TRANSFORM.node}
        recipe = read_recipe(text.encode(), nodes)
        return plan(recipe, {"v": cid}, infos, nodes, "deterministic-1", "").steps

    (step,) = planned(written)
    assert step == planned("TRANSFORM")[0]
    assert (step.node, step.params) == ("transform", {"speed": "2"})
    render(TRANSFORM, source, tmp_path / "b.mp4", parse_params(TRANSFORM.node, step.params))
    assert probe(tmp_path / "b.mp4").video.frames == 6
    with pytest.raises(Refused, match="did you mean 'SPEED'"):
        planned("SPED")
