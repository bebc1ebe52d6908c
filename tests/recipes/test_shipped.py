"""Recipes that come with the software, read with the nodes that are installed."""

import pytest

from l1 import compose
from l1.content.cid import Cid
from l1.content.media_info import AudioInfo, MediaInfo
from l1.dag.planner import plan
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_schema import recipe_schema
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from l1.recipes import shipped
from tests.dag.schema_checking import fits
from tests.dag.test_recipe_schema import loaded

NODES = compose.nodes()
CLIP, SONG, CAT = Cid("clip"), Cid("song"), Cid("cat")
INFOS = {
    CAT: MediaInfo(kind="image", media_type="image/png"),
    CLIP: MediaInfo(
        kind="video",
        media_type="video/mp4",
        audio=AudioInfo(codec="aac", sample_rate=48000, channels=2),
    ),
    SONG: MediaInfo(kind="audio", media_type="audio/flac"),
}


def planned(text, **inputs):
    return plan(read_recipe(text, NODES), inputs, INFOS, NODES, compose.PROFILE)


@pytest.mark.parametrize("name", shipped())
def test_each_is_called_as_its_file_is_and_can_be_read(name):
    assert read_recipe(shipped()[name], NODES, file=f"{name}.yaml").name == name


@pytest.mark.parametrize("name", shipped())
def test_each_fits_the_schema(name):
    schema = recipe_schema(NODES)
    assert fits(loaded(shipped()[name]), schema, schema)


def test_beat_sync_becomes_analyses_a_schedule_and_a_rendering():
    made = planned(shipped()["beat-sync"], video=CLIP, audio=SONG)
    assert {step.id: step.node for step in made.steps} == {
        "analyze_audio.beats": "beats",
        "analyze_audio.energy": "energy",
        "analyze_audio": "analyze",
        "sync_video.schedule": "beat_schedule",
        "sync_video": "beat_sync",
    }
    sync = made.by_id["sync_video"]
    assert [ref.cid or ref.step for ref in sync.inputs] == [CLIP, "sync_video.schedule", SONG]


def test_my_effect_is_the_effect_s_name_alone_pinned_or_not():
    text = shipped()["my-effect"]
    pinned = text.replace(b'# hash: "..."', f'hash: "{NODES["dog"].code}"'.encode())
    assert pinned != text
    first, other = planned(text, input_image=CAT), planned(pinned, input_image=CAT)
    assert (first.plan_id, len(first.steps)) == (other.plan_id, 1)
    with pytest.raises(Refused, match=NODES["dog"].code) as caught:
        read_recipe(pinned.replace(NODES["dog"].code.encode(), b"0" * 64), NODES)
    assert caught.value.code == "other_effect"


def test_the_inputs_of_installed_nodes_can_be_written_by_name():
    text = """
name: named
inputs: {clip: video, song: audio}
nodes:
  beats: {type: BEATS, inputs: song}
  synced: {type: BEAT_SYNC, inputs: {%s}}
  out: {type: MUX, inputs: {audio: song, video: synced}}
output: out
"""
    inputs = {"clip": CLIP, "song": SONG}
    one = planned((text % "music: song, analysis: beats, video: clip").encode(), **inputs)
    other = planned((text % "video: [clip], analysis: [beats]").encode(), **inputs)
    assert one == other
    assert [ref.cid or ref.step for ref in one.by_id["out"].inputs] == ["synced", SONG]


def test_a_plan_of_written_out_steps_comes_back_as_it_was():
    made = planned(shipped()["beat-sync"], video=CLIP, audio=SONG)
    again = recipe_of_plan(made, NODES)
    assert plan(again, made.inputs, INFOS, NODES, compose.PROFILE) == made
