"""SEGMENT_AT with the times of an analysis: what it stands for, and what is seen and heard."""

from fractions import Fraction

import numpy as np
import pytest

from l1.content.features import Beats, Features
from l1.dag.expand import expand
from l1.dag.recipe_yaml import read_recipe
from l1.effects.beat_schedule import BEAT_SCHEDULE
from l1.effects.beat_sync import BEAT_SYNC
from l1.effects.map import MAP
from l1.effects.segment_at import SEGMENT_AT, SegmentAtParams
from l1.effects.source_list import SOURCE_LIST
from l1.errors import Refused
from l1.media.probing import probe
from tests.dag.nodes import NODES as OTHERS
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, sine, strongest, write_sound
from tests.media.making import decoded, make_video

REAL = (BEAT_SCHEDULE, BEAT_SYNC, MAP, SEGMENT_AT, SOURCE_LIST)
NODES = {**OTHERS, **{each.node.name: each.node for each in REAL}}
SECOND = 48_000


def written(config, inputs="[a, b]"):
    text = f"""\
name: r
inputs: [a, b, song, other]
steps:
  - {{id: heard, type: ANALYZE, inputs: [song]}}
  - {{id: clips, type: SOURCE_LIST, inputs: {inputs}}}
  - {{id: cut, type: SEGMENT_AT, inputs: [clips], config: {config}}}
  - {{id: out, type: SEQUENCE, inputs: [cut]}}
output: out
"""
    made = expand(read_recipe(text.encode(), NODES), NODES)
    return [
        (one.step.id, one.step.type, dict(one.step.config), one.step.inputs) for one in made[1:-1]
    ]


def test_several_clips_and_an_analysis_are_one_step_with_the_music():
    assert written("{times_from: heard, every: 2}") == [
        ("cut", "SEGMENT_AT", {"every": 2}, ("a", "b", "heard", "song"))
    ]
    assert written("{times_from: heard, music: other}")[0][3] == ("a", "b", "heard", "other")
    assert written("{times_from: other}")[0][3] == ("a", "b", "other")


def test_one_clip_is_beat_sync():
    assert written("{times_from: heard, downbeats: true}", "[a]") == [
        ("cut.schedule", "BEAT_SCHEDULE", {"mode": "cut", "downbeats": True}, ("a", "heard")),
        ("cut", "BEAT_SYNC", {}, ("a", "cut.schedule", "song")),
    ]


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """A red, a green and a blue clip, of several sizes and rates, beats, and a song."""
    folder = tmp_path_factory.mktemp("m")
    clips = []
    for number, (rate, size) in enumerate([(25, (96, 64)), (30, (64, 64)), (10, (128, 48))]):
        colour = np.zeros((*size[::-1], 3), np.uint8)
        colour[..., number] = 200

        def draw(at, colour=colour):
            return colour // (1 + at % 2)

        path = folder / f"{number}.mp4"
        given = {"frames": 2 * rate, "rate": rate, "size": size, "options": {"crf": "0"}}
        clips.append(make_video(path, draw=draw, **given))
    found = Beats(
        duration_ms=3000,
        tempo_mbpm=120_000,
        confidence=900,
        beats_ms=(480, 1000, 1520, 2000, 2520),
        downbeats_ms=(),
    )
    (folder / "beats.json").write_bytes(Features(beats=found).to_json())
    song = write_sound(folder / "song.flac", sine(500, 3 * SECOND))
    return [*clips, folder / "beats.json", song]


def test_the_clip_whose_turn_it_is_is_seen_and_the_music_is_heard(tmp_path, material):
    _, notes = render(SEGMENT_AT, material, tmp_path / "out", SegmentAtParams())
    info = probe(tmp_path / "out")
    assert (info.video.frames, info.video.width, info.video.height) == (75, 96, 64)
    frames = decoded(tmp_path / "out")
    strong = [int(frame[32, 48].argmax()) for frame in frames]
    assert strong == [0] * 12 + [1] * 13 + [2] * 13 + [0] * 12 + [1] * 13 + [2] * 12
    assert frames[30][4, 4].max() < 30
    assert strongest(heard(tmp_path / "out")) == pytest.approx(500, abs=2)
    assert abs(heard(tmp_path / "out").shape[1] - 3 * SECOND) < 2000
    assert "6 parts of 3 clips; 75 frames" in notes[0]


def test_without_music_it_is_silent_and_what_cannot_be_taken_is_refused(tmp_path, material):
    render(SEGMENT_AT, material[:4], tmp_path / "out", SegmentAtParams(every=2))
    assert probe(tmp_path / "out").audio is None
    assert probe(tmp_path / "out").video.rate_num == Fraction(25)
    with pytest.raises(Refused, match="takes videos and"):
        render(SEGMENT_AT, [material[4], material[3]], tmp_path / "no", SegmentAtParams())
    words = tmp_path / "a.json"
    words.write_bytes(Features().to_json())
    with pytest.raises(Refused, match="has no beats"):
        render(SEGMENT_AT, [material[0], material[1], words], tmp_path / "no", SegmentAtParams())


async def test_it_is_the_same_bytes_in_the_sandbox_and_stays_as_it_is(tmp_path, material):
    given = {"distribute": "shuffle", "seed": 4, "fps": "10"}
    params = SegmentAtParams(distribute="shuffle", seed=4, fps=10)
    render(SEGMENT_AT, material, tmp_path / "out", params)
    again, _ = await render_in_child(SEGMENT_AT, material, tmp_path / "child", given)
    assert again.read_bytes() == (tmp_path / "out").read_bytes()
    assert fingerprint(again) == "cdbeb606064cd4ec"
