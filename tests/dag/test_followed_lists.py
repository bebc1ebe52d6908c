"""Parameters that follow sound, inside compounds, in maps, and by the names of lists."""

import pytest

from l1 import compose
from l1.dag.expand import expand
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused

NODES = compose.nodes()
COMPOUNDS = """\
name: r
inputs: [a, song, music]
compounds:
  pulse:
    inputs: [clip, music]
    params: {most: 12, soft: 1}
    steps:
      - id: out
        type: BLUR
        inputs: [clip]
        config: {radius: {bind: music, feature: bass, range: [0, $most]}}
      - {id: next, type: SHARPEN, inputs: [out], config: {amount: $soft}}
    output: next
  kick:
    inputs: [music]
    steps:
      - {id: b, type: BIND, inputs: [music], config: {feature: bass, range: [0, 5]}}
    output: b
"""


def followed(steps, output="d"):
    text = f"{COMPOUNDS}steps:\n" + "".join(f"  - {line}\n" for line in steps)
    made = expand(read_recipe(f"{text}output: {output}\n".encode(), NODES), NODES)
    return {one.step.id: one.step.inputs for one in made}


def test_what_is_followed_inside_a_compound_is_what_it_is_handed():
    found = followed(["{id: d, type: COMPOUND, inputs: [a, song], config: {compound: pulse}}"])
    assert found["d.out.radius"] == ("song.bands",)
    assert found["d.out"] == ("a", "d.out.radius")


def test_what_a_use_says_is_followed_is_meant_outside():
    bound = "{bind: music, feature: treble, range: [0, 1]}"
    use = f"{{compound: pulse, soft: {bound}}}"
    found = followed([f"{{id: d, type: COMPOUND, inputs: [a, song], config: {use}}}"])
    assert found["d.out.radius"] == ("song.bands",)
    assert found["d.next.amount"] == ("music.bands",)


def test_a_compound_that_is_a_curve_is_followed_by_its_name():
    found = followed(
        [
            "{id: k, type: COMPOUND, inputs: [song], config: {compound: kick}}",
            "{id: d, type: BLUR, inputs: [a], config: {radius: {bind: k}}}",
        ]
    )
    assert found["d"] == ("a", "k.b")


def test_a_list_of_one_is_followed_and_one_of_several_is_not():
    one = "{id: l, type: SOURCE_LIST, inputs: [%s]}"
    blur = "{id: d, type: BLUR, inputs: [a], config: {radius: {bind: l, feature: bass, range: [0, 5]}}}"
    assert followed([one % "song", blur])["d.radius"] == ("song.bands",)
    with pytest.raises(Refused, match=r"21:\d+: steps.1.config.radius.bind: 'l' is a list of 2"):
        followed([one % "song, music", blur])


def test_each_step_of_a_map_follows():
    config = "{radius: {bind: song, feature: bass, range: [0, 5]}}"
    found = followed(
        [
            f"{{id: m, type: MAP, inputs: [a, a], config: {{operation: BLUR, config: {config}}}}}",
            "{id: d, type: SEQUENCE, inputs: [m]}",
        ]
    )
    assert found["m.1"] == ("a", "m.1.radius")
    assert found["m.1.radius"] == ("song.bands",)
