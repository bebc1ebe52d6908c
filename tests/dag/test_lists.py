"""Steps that stand for lists: SOURCE_LIST, MAP, SEGMENT_AT, and groups of steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.cid import Cid
from l1.dag.expand import expand
from l1.dag.plan import Plan
from l1.dag.planner import plan
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_schema import recipe_schema
from l1.dag.recipe_yaml import read_recipe
from l1.effects.map import MAP
from l1.effects.segment import SEGMENT
from l1.effects.segment_at import SEGMENT_AT
from l1.effects.source_list import SOURCE_LIST
from l1.errors import Refused
from tests.dag.formats import KNOWN, PICTURE, PICTURE_HASH, PINNED
from tests.dag.nodes import CAT, CLIP
from tests.dag.schema_checking import fits
from tests.dag.test_recipe_schema import loaded

REAL = (MAP, SEGMENT, SEGMENT_AT, SOURCE_LIST)
NODES = {**PINNED, **{each.node.name: each.node for each in REAL}}
SCHEMA = recipe_schema(NODES)
HEAD = "name: r\ninputs: [v, w]\n"
SOFT = """\
compounds:
  soft:
    inputs: [clip]
    params: {much: 3}
    steps:
      - {id: blur, type: BLUR, inputs: [clip], config: {radius: $much, tint: $$}}
    output: blur
  framed:
    description: Blurred, and with the same mark twice
    inputs: [clips, mark]
    params: {much: 4}
    steps:
      - {id: all, type: SEQUENCE, inputs: [each]}
      - {id: each, type: MAP, inputs: {items: clips, with: mark}, config: {operation: WATERMARK}}
      - {id: out, type: COMPOUND, inputs: {clip: all}, config: {compound: soft, much: $much}}
    outputs: {plain: all, soft: out, parts: each}
"""


def written(text, **bound):
    """The steps that a recipe comes to, as id, type, config and inputs."""
    recipe = read_recipe(text.encode(), NODES)
    assert fits(loaded(text), SCHEMA, SCHEMA)
    absent = frozenset(recipe.inputs) - bound.keys() if bound else frozenset()
    made = [one.step for one in expand(recipe, NODES, absent)]
    return [(each.id, each.type, dict(each.config), each.inputs) for each in made]


def planned(text, **given):
    recipe = read_recipe(text.encode(), NODES)
    return plan(recipe, given or {"v": CLIP, "w": CAT}, KNOWN, NODES, "deterministic-1")


def steps(*lines, output, head=HEAD):
    return f"{head}steps:\n" + "".join(f"  - {line}\n" for line in lines) + f"output: {output}\n"


def test_a_list_is_its_items_wherever_it_is_taken():
    listed = planned(
        steps(
            "{id: s, type: SEQUENCE, inputs: [v, more, v]}",
            "{id: more, type: SOURCE_LIST, inputs: [w, last]}",
            "{id: last, type: SOURCE_LIST, config: {items: v}}",
            output="s",
        )
    )
    plain = planned(steps("{id: s, type: SEQUENCE, inputs: [v, w, v, v]}", output="s"))
    assert listed == plain


@pytest.mark.parametrize(
    "text",
    [
        f"""\
name: r
inputs: [v]
steps:
  - {{id: l, type: SOURCE_LIST, config: {{items: [v, {{cid: {PICTURE}}}, {{hash: {PICTURE_HASH}}}]}}}}
  - {{id: s, type: SEQUENCE, inputs: [l]}}
output: s
""",
        f"""\
name: r
registry:
  assets:
    sign: {{cid: {PICTURE}}}
nodes:
  v: {{type: SOURCE, config: {{input: true}}}}
  l: {{type: SOURCE_LIST, inputs: v, config: {{items: [{{asset: sign}}, {{cid: {PICTURE_HASH}}}]}}}}
  s: {{type: SEQUENCE, inputs: {{items: l}}}}
output: s
""",
    ],
)
def test_items_may_be_inputs_assets_and_fixed_content(text):
    assert fits(loaded(text), SCHEMA, SCHEMA)
    recipe = read_recipe(text.encode(), NODES)
    assert [name for name, each in recipe.inputs.items() if each.default is None] == ["v"]
    hashes = {PICTURE_HASH: PICTURE}
    known = {**KNOWN, **{Cid(h): KNOWN[cid] for h, cid in hashes.items()}}
    made = plan(recipe, {"v": CLIP}, known, NODES, "deterministic-1")
    assert [hashes.get(ref.cid, ref.cid) for ref in made.steps[0].inputs] == [
        CLIP,
        PICTURE,
        PICTURE,
    ]


def test_what_is_left_out_of_a_run_is_left_out_of_lists():
    text = steps(
        "{id: l, type: SOURCE_LIST, inputs: [v, w]}",
        "{id: m, type: MAP, inputs: [l], config: {operation: DOG}}",
        "{id: s, type: SEQUENCE, inputs: [m]}",
        output="s",
        head="name: r\ninputs: {v: {optional: true}, w: video}\n",
    )
    assert [each[0] for each in written(text, w=CLIP)] == ["m.0", "s"]
    assert [each[0] for each in written(text)] == ["m.0", "m.1", "s"]


def test_a_map_is_one_step_for_each_item():
    text = steps(
        "{id: l, type: SOURCE_LIST, inputs: [v, w]}",
        "{id: m, type: MAP, config: {operation: blur, items: [l, v], config: {radius: 5}}}",
        "{id: n, type: MAP, inputs: {with: w, items: m}, config: {operation: WATERMARK}}",
        "{id: s, type: SEQUENCE, inputs: [n]}",
        output="s",
    )
    assert written(text) == [
        ("m.0", "BLUR", {"radius": 5}, ("v",)),
        ("m.1", "BLUR", {"radius": 5}, ("w",)),
        ("m.2", "BLUR", {"radius": 5}, ("v",)),
        ("n.0", "WATERMARK", {}, ("m.0", "w")),
        ("n.1", "WATERMARK", {}, ("m.1", "w")),
        ("n.2", "WATERMARK", {}, ("m.2", "w")),
        ("s", "SEQUENCE", {}, ("n.0", "n.1", "n.2")),
    ]
    made = planned(text)
    assert made.by_id["m.0"].key == made.by_id["m.2"].key


def test_a_map_of_an_effect_and_of_what_stands_for_several():
    text = steps(
        "{id: m, type: MAP, inputs: [v], config: {operation: EFFECT, config: {effect: dog}}}",
        "{id: b, type: SEGMENT_AT, inputs: [v], config: {times: [1]}}",
        "{id: n, type: MAP, config: {operation: SEGMENT_AT, items: b, config: {times: ['0.5']}}}",
        "{id: s, type: SEQUENCE, inputs: [m, n]}",
        output="s",
    )
    assert [each[0] for each in written(text)] == [
        "m.0", "b.0", "b.1", "n.0.0", "n.0.1", "n.1.0", "n.1.1", "s"
    ]  # fmt: skip


def test_one_is_cut_at_times_and_several_take_turns():
    text = steps(
        "{id: one, type: SEGMENT_AT, inputs: [v], config: {times: [0, 1.5]}}",
        "{id: two, type: SEGMENT_AT, inputs: [v, w], config: {times: [1, 2]}}",
        "{id: s, type: SEQUENCE, inputs: [one, two]}",
        output="s",
        head="name: r\ninputs: [v, w]\n",
    )
    assert written(text)[:-1] == [
        ("one.0", "SEGMENT", {"end": "1.5"}, ("v",)),
        ("one.1", "SEGMENT", {"start": "1.5"}, ("v",)),
        ("two.0", "SEGMENT", {"end": "1"}, ("v",)),
        ("two.1", "SEGMENT", {"end": "1"}, ("w",)),
        ("two.2", "SEGMENT", {"start": "1"}, ("v",)),
    ]


def test_a_compound_is_its_steps_for_each_use():
    text = SOFT + steps(
        "{id: a, type: COMPOUND, inputs: [v], config: {compound: soft}}",
        "{id: l, type: SOURCE_LIST, inputs: [a, w]}",
        "{id: c, type: COMPOUND, inputs: {mark: w, clips: l}, config: {compound: framed, much: 9}}",
        "{id: d, type: SEQUENCE, inputs: [c, v]}",
        output="d",
    )
    assert written(text) == [
        ("a.blur", "BLUR", {"radius": 3, "tint": "$"}, ("v",)),
        ("c.each.0", "WATERMARK", {}, ("a.blur", "w")),
        ("c.each.1", "WATERMARK", {}, ("w", "w")),
        ("c.all", "SEQUENCE", {}, ("c.each.0", "c.each.1")),
        ("c.out.blur", "BLUR", {"radius": 9, "tint": "$"}, ("c.all",)),
        ("d", "SEQUENCE", {}, ("c.all", "c.out.blur", "c.each.0", "c.each.1", "v")),
    ]


def test_a_use_may_be_the_result_and_takes_one_output():
    use = "{id: c, type: COMPOUND, inputs: [v, w], config: {compound: framed, output: soft}}"
    made = planned(SOFT + steps(use, output="c"))
    assert made.output == "c"
    assert made.by_id["c"].node == "blur"
    by_hand = planned(
        steps(
            "{id: x, type: WATERMARK, inputs: [v, w]}",
            "{id: y, type: SEQUENCE, inputs: [x]}",
            "{id: z, type: BLUR, inputs: [y], config: {radius: 4, tint: $}}",
            output="z",
        )
    )
    assert made.run_key == by_hand.run_key
    with pytest.raises(Refused, match="'c' is a list of 3"):
        planned(SOFT + steps(use.replace(", output: soft", ""), output="c"))


def test_a_compound_for_each_item_and_equal_uses_are_one_piece_of_work():
    config = "{operation: COMPOUND, config: {compound: soft, params: {much: 7}}}"
    made = planned(
        SOFT
        + steps(
            f"{{id: m, type: MAP, inputs: [v, w, v], config: {config}}}",
            "{id: s, type: SEQUENCE, inputs: [m]}",
            output="s",
        )
    )
    assert [step.id for step in made.steps] == ["m.0.blur", "m.1.blur", "m.2.blur", "s"]
    assert made.by_id["m.0.blur"].key == made.by_id["m.2.blur"].key


def test_compounds_stand_in_every_format():
    uses = "{id: a, type: COMPOUND, inputs: [v], config: {compound: soft, much: 5}}"
    first = planned(SOFT + steps(uses, output="a"))
    rest = "{type: COMPOUND, inputs: {clip: v}, config: {compound: soft, params: {much: 5}}}"
    nodes = f"name: r\ninputs: [v, w]\n{SOFT}nodes:\n  a: {rest}\noutput: a\n"
    source = (
        "    v: {type: SOURCE, config: {input: true}}\n    w: {type: SOURCE, config: {input: w}}"
    )
    dag = f"name: r\n{SOFT}dag:\n  nodes:\n{source}\n    a: {rest}\n  output: a\n"
    for text in (nodes, dag):
        assert fits(loaded(text), SCHEMA, SCHEMA)
        assert planned(text) == first


def test_a_plan_of_lists_comes_back_as_it_was():
    use = "{id: c, type: COMPOUND, inputs: [v, w], config: {compound: framed}}"
    made = planned(SOFT + steps(use, "{id: s, type: SEQUENCE, inputs: [c]}", output="s"))
    again = recipe_of_plan(Plan.from_json(made.to_json()), NODES)
    assert plan(again, {}, KNOWN, NODES, "deterministic-1").run_key == made.run_key


@given(st.lists(st.sampled_from(["v", "w"]), min_size=1, max_size=6), st.integers(1, 4))
def test_lists_of_lists_are_all_their_items(items, depth):
    lines = [f"{{id: l0, type: SOURCE_LIST, inputs: [{', '.join(items)}]}}"]
    lines += [f"{{id: l{n + 1}, type: SOURCE_LIST, inputs: [l{n}, l{n}]}}" for n in range(depth)]
    lines.append(f"{{id: s, type: SEQUENCE, inputs: [l{depth}]}}")
    assert written(steps(*lines, output="s"))[-1][3] == (*(items * 2**depth),)


def test_what_stands_for_others_is_not_rendered():
    for effect in (MAP, SOURCE_LIST):
        with pytest.raises(Refused, match="stands for other steps"):
            effect.render(None)
