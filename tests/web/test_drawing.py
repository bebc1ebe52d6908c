from l1.content.cid import Cid
from l1.dag.keys import Preimage
from l1.dag.plan import Plan, Ref, Step
from l1.web.drawing import draw


def make(name, level, *inputs):
    preimage = Preimage(key_version=1, node="noop", version=1, params={}, inputs=(), profile="p")
    return Step(
        id=name, key="0" * 64, preimage=preimage, inputs=inputs, level=level, queue="cpu", timeout_s=1
    )  # fmt: skip


def plan(*steps):
    return Plan(
        recipe="r", inputs={"song": Cid("bafy")}, steps=steps, output=steps[-1].id, profile="p",
        plan_id="0" * 64,
    )  # fmt: skip


def test_boxes_stand_apart_in_layers_from_left_to_right():
    first = [make(f"a{n}", 0, Ref(cid=Cid("bafy"))) for n in range(4)]
    last = make("z", 1, *(Ref(step=step.id) for step in first))
    drawing = draw(plan(*first, last), {"a0": "completed", "a1": "failed", "z": "blocked"})
    places = {box.id: (box.x, box.y) for box in drawing.boxes}
    assert len(set(places.values())) == len(places) == 6
    assert places["input:song"][0] < places["step:a0"][0] < places["step:z"][0]
    assert len(drawing.lines) == 8
    states = {box.id: box.state for box in drawing.boxes}
    assert (states["step:a1"], states["step:a2"], states["step:z"]) == (
        "failed",
        "elided",
        "blocked",
    )
    assert all(0 <= box.x < drawing.width and 0 <= box.y < drawing.height for box in drawing.boxes)


def test_lines_are_untangled():
    first = [make(f"a{n}", 0) for n in range(5)]
    second = [make(f"b{n}", 1, Ref(step=f"a{4 - n}")) for n in range(5)]
    end = make("z", 2, *(Ref(step=step.id) for step in second))
    drawing = draw(plan(*first, *second, end), {})
    heights = {box.id: box.y for box in drawing.boxes}
    assert all(heights[f"step:b{n}"] == heights[f"step:a{4 - n}"] for n in range(5))


def test_a_large_plan_is_drawn_in_groups():
    first = [make(f"a{n}", 0) for n in range(300)]
    end = make("z", 1, *(Ref(step=step.id) for step in first))
    states = {f"a{n}": "completed" for n in range(299)} | {"a299": "running"}
    drawing = draw(plan(*first, end), states)
    group = next(box for box in drawing.boxes if box.id.startswith("0:"))
    assert (group.about, group.state) == ("299 of 300 done", "running")
    assert len(drawing.boxes) == 3
