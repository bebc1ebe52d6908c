"""The nodes for pictures together: in recipes, in sandboxed children, on lesser processors."""

import subprocess
import sys
from decimal import Decimal

import pytest

from l1.content.cid import Cid
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.effects.resize import RESIZE
from l1.effects.segment import SEGMENT
from l1.effects.sequence import SEQUENCE, Transition
from l1.effects.transform import TRANSFORM
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.rendering import render, render_in_child
from tests.media.making import make_video

NODES = {each.node.name: each.node for each in (RESIZE, SEGMENT, SEQUENCE, TRANSFORM)}
CLIP = Cid("a" * 64)


def planned(source, *steps):
    recipe = Recipe(name="r", inputs={"v": RecipeInput()}, steps=steps, output=steps[-1].id)
    return plan(recipe, {"v": CLIP}, {CLIP: probe(source)}, NODES, "deterministic-1", "")


def step(id_, type_, *inputs, **config):
    return RecipeStep(id=id_, type=type_, inputs=inputs, config=config)


def test_two_parts_in_sequence_are_planned_by_their_meaning(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=10)
    one = planned(
        source,
        step("a", "SEGMENT", "v", start=0, end=2),
        step("b", "SEGMENT", "v", start=5, end=7),
        step("c", "SEQUENCE", "a", "b"),
    )
    same = planned(
        source,
        step("x", "TRIM", "v", duration=2, precise=True),
        step("y", "SEGMENT", "v", offset=5, duration=Decimal("2.0")),
        step("z", "CONCAT", "x", "y", transition={"type": "cut"}, background="black"),
    )
    assert [each.key for each in one.steps] == [each.key for each in same.steps]
    assert one.steps[1].params == {"start": "5", "end": "7"}
    assert one.steps[2].params == {}


@pytest.mark.parametrize("name", ["crossfade", "fade"])
def test_a_transition_is_planned_in_one_form(tmp_path, name):
    source = make_video(tmp_path / "a.mp4", frames=10)
    forms = [{"type": name, "duration": 1}, {"type": name, "duration": Decimal("1.0")}]
    plans = [planned(source, step("s", "CONCAT", "v", "v", transition=form)) for form in forms]
    assert len({plan.steps[-1].key for plan in plans}) == 1
    params = plans[0].steps[-1].params
    assert SEQUENCE.parse(params).transition == Transition(type=name, duration=Decimal(1))


def test_an_unknown_transition_stops_the_plan(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=10)
    with pytest.raises(Refused, match="no `wipe` among the kinds of `transition`"):
        planned(source, step("s", "SEQUENCE", "v", "v", transition="wipe"))


def test_a_sequence_is_taken_where_pictures_or_sound_are(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=10)
    made = planned(
        source,
        step("s", "SEQUENCE", "v", "v"),
        step("r", "RESIZE", "s", width=50),
        step("t", "TRANSFORM", "r", effects={"hue": 20, "saturation": 1}),
    )
    assert made.steps[2].params == {"hue": "20"}


@pytest.mark.parametrize(
    ("effect", "params", "frames"),
    [
        (RESIZE, {"width": 50, "mode": "pad", "height": 50}, 20),
        (SEGMENT, {"start": "0.2", "end": "0.6"}, 10),
        (SEQUENCE, {}, 40),
        (TRANSFORM, {"speed": "2", "blur": "1.5", "hue": "10"}, 10),
    ],
)
async def test_each_renders_in_a_sandboxed_child_what_it_renders_here(
    tmp_path, effect, params, frames
):
    source = make_video(tmp_path / "a.mp4", frames=20, audio="aac")
    paths = [source] * (2 if effect is SEQUENCE else 1)
    made, _ = await render_in_child(effect, paths, tmp_path / "scratch", params)
    render(effect, paths, tmp_path / "here.mp4", effect.parse(params))
    assert probe(made).video.frames == frames
    assert made.read_bytes() == (tmp_path / "here.mp4").read_bytes()


SCRIPT = """
import ctypes, sys
from pathlib import Path
from l1.effects.sequence import SEQUENCE, Transition
from l1.effects.resize import RESIZE
from l1.effects.transform import TRANSFORM
from l1.media import engine
from tests.effects.rendering import render
engine.hold_cpu_class()
lib = engine._bundled("libavutil")
if lib:
    ctypes.CDLL(str(lib)).av_force_cpu_flags(int(sys.argv[1], 0))
folder, out = Path(sys.argv[2]), Path(sys.argv[3])
change = {"hue": "40", "contrast": "1.3", "blur": "2.5", "sharpen": "1", "speed": "0.8"}
render(SEQUENCE, [folder / "a.mp4", folder / "b.mp4"], out / "s", SEQUENCE.parse({}))
render(RESIZE, out / "s", out / "r", RESIZE.parse({"width": 70, "height": 90, "mode": "fill"}))
render(TRANSFORM, out / "r", out / "t", TRANSFORM.parse(change))
"""


def test_a_processor_with_less_simd_gives_the_same_bytes(tmp_path):
    make_video(tmp_path / "a.mp4", frames=12)
    make_video(tmp_path / "b.mp4", frames=12, size=(50, 80), rate=30)
    found = set()
    for flags in ("0", "0x13DB", "0x7D3DB"):
        out = tmp_path / flags
        out.mkdir()
        subprocess.run([sys.executable, "-c", SCRIPT, flags, tmp_path, out], check=True)
        found.add(tuple((out / name).read_bytes() for name in "srt"))
    assert len(found) == 1
