"""The recipes in docs/recipes.md and README.md are right, and do what is said of them."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from l1 import compose
from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.content.schedule import Schedule
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.media.probing import probe
from tests.analyses.sounds import drums, write_wav
from tests.effects.rendering import render
from tests.media.making import make_video

ROOT = Path(__file__).parent.parent.parent
NODES = compose.nodes()
TITLE = Cid("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
INFOS = {
    TITLE: MediaInfo(kind="image", media_type="image/png"),
    Cid("video"): MediaInfo(kind="video", media_type="video/mp4"),
    Cid("audio"): MediaInfo(kind="audio", media_type="audio/flac"),
}
WRITTEN = [
    (page, example)
    for page in ("README.md", "docs/recipes.md")
    for example in re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
]


def planned(text):
    recipe = read_recipe(text.encode(), NODES)
    given = {
        name: Cid(each.kinds[0]) for name, each in recipe.inputs.items() if each.default is None
    }
    return plan(recipe, given, INFOS, NODES, compose.PROFILE)


@pytest.mark.parametrize(("page", "example"), WRITTEN)
def test_an_example_can_be_planned(page, example):
    assert planned(example).steps, page


def test_the_three_ways_of_writing_mean_the_same():
    walks = [example for _, example in WRITTEN if example.startswith("name: walk\n")]
    keys = [{step.key for step in planned(walk).steps} for walk in walks]
    assert len(keys) == 3
    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) == 3


@pytest.fixture
def film(tmp_path):
    """Makes a film of the guide, step by step; answers its file and what was decided."""
    made = {
        "video": make_video(tmp_path / "video.mp4", frames=200),
        "audio": write_wav(tmp_path / "audio.wav", drums(120, 8)),
    }

    def make(name):
        (text,) = [example for _, example in WRITTEN if example.startswith(f"name: {name}\n")]
        for step in (todo := planned(text)).steps:
            effect = compose.effects()[step.node]
            made[step.id] = tmp_path / step.id
            sources = [made[ref.cid or ref.step] for ref in step.inputs]
            render(effect, sources, made[step.id], effect.parse(dict(step.params)))
        decided = Schedule.read(made[f"{todo.output}.schedule"].read_bytes())
        return probe(made[todo.output]), decided

    return make


def test_one_shot_for_each_bar(film):
    made, decided = film("one-shot-for-each-bar")
    assert (made.kind, made.problem, made.video.frames) == ("video", "", 8 * 25)
    assert made.audio
    beats = [interval.beat_ms for interval in decided.intervals]
    assert len(beats) >= 3
    assert all(later - beat == pytest.approx(2000, abs=30) for beat, later in pairwise(beats))
    sources = [interval.source for interval in decided.intervals]
    assert all(here != there for here, there in pairwise(sources))


def test_landings(film):
    made, decided = film("landings")
    assert (made.kind, made.problem, made.video.frames) == ("video", "", 8 * 25)
    assert made.audio
    beats = [interval.beat_ms for interval in decided.intervals]
    assert all(later - beat == pytest.approx(1000, abs=30) for beat, later in pairwise(beats))
    assert [interval.source for interval in decided.intervals[:3]] == [15, 35, 55]
    slowed = [run for run in decided.runs if 0 < run.num < run.den]
    assert slowed
    assert all(2 * run.num >= run.den for run in slowed)
