"""Mistakes in what parameters are to follow, and the schema that sees some of them."""

import pytest

from l1.dag.recipe_schema import recipe_schema
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.schema_checking import fits
from tests.dag.test_binding import BOUND, NODES, SOFT, text
from tests.dag.test_recipe_schema import loaded

BROKEN = {
    "radius: {bind: musik, feature: bass, range: [1, 12]}": (
        "4:68: steps.0.config.radius.bind: there is no 'musik'; did you mean 'music'?"
    ),
    "radius: {bind: music, feature: bass, range: [1, 90]}": (
        "4:97: steps.0.config.radius.range: blur.radius: Expected `int` <= 50"
    ),
    "radius: {bind: music, feature: bass, range: [1.5, 9]}": (
        "4:97: steps.0.config.radius.range: blur.radius is a whole number, and so are the ends"
    ),
    "radius: {bind: music, feature: bass}": (
        "4:61: steps.0.config.radius: radius needs a `range: [lowest, highest]` to move in"
    ),
    "radius: {bind: music, featur: bass, range: [1, 2]}": (
        "4:83: steps.0.config.radius.featur: bind has no parameter 'featur'; did you mean 'feature'"
    ),
    "radius: {bind: music, feature: drum, range: [1, 2]}": (
        "4:84: steps.0.config.radius.feature: bind.feature: Invalid enum value 'drum'"
    ),
    "radius: {feature: bass, range: [1, 2]}": (
        "4:61: steps.0.config.radius: say what it follows: `bind: <a sound"
    ),
    "radius: {bind: [music], feature: bass, range: [1, 2]}": (
        "4:68: steps.0.config.radius.bind: say what it follows"
    ),
    "mode: {bind: music}": (
        "4:59: steps.0.config.mode: blur.mode is no number, so it cannot follow sound; these can"
    ),
    "radius: {bind: soft, range: [1, 2]}": "4:5: steps.0: a cycle: soft -> soft",
    "radius: {bind: clip, feature: bass, range: [1, 2], decay: 1}": (
        "4:111: steps.0.config.radius.decay: bind.decay: beat, downbeat and onset have a `decay`"
    ),
}


@pytest.mark.parametrize("config", BROKEN)
def test_a_mistake_is_told_with_its_place(config):
    with pytest.raises(Refused) as caught:
        read_recipe(text(SOFT % config), NODES)
    assert caught.value.message.startswith(f"recipe.yaml:{BROKEN[config]}")


@pytest.mark.parametrize(
    ("before", "config", "message"),
    [
        (
            "{id: cut, type: SEGMENT, inputs: [clip], config: {start: {bind: music}}}",
            "",
            "4:62: steps.0.config.start: segment.start cannot change while it is shown, so it",
        ),
        (
            "{id: kick, type: BIND, config: {feature: bass}}",
            "",
            "4:5: steps.0.inputs: 'kick' has nothing to follow",
        ),
        (
            "{id: kick, type: BIND, inputs: [music], config: {feature: bass, range: [0, 60]}}",
            "radius: {bind: kick}",
            "5:68: steps.1.config.radius.bind: blur.radius: Expected `int`",
        ),
        (
            "{id: kick, type: BIND, inputs: [music], config: {feature: bass}}",
            "radius: {bind: kick, feature: mid, range: [1, 2]}",
            "5:83: steps.1.config.radius.feature: 'kick' is a curve, which has no mid",
        ),
        (
            "{id: music.bands, type: BLUR, inputs: [clip]}",
            BOUND,
            "5:10: steps.1.id: 'soft' has a part 'music.bands', and something else is called so",
        ),
    ],
)
def test_a_mistake_in_another_step_is_told_with_its_place(before, config, message):
    with pytest.raises(Refused) as caught:
        read_recipe(text(f"  - {before}", SOFT % config), NODES)
    assert caught.value.message.startswith(f"recipe.yaml:{message}")


def test_the_schema_knows_what_follows():
    schema = recipe_schema(NODES)
    for config in (BOUND, "radius: 3", "radius: {feature: lfo, period: 2, range: [1, 5]}"):
        assert fits(loaded(text(SOFT % config)), schema, schema)
    for config in ("radius: {featur: bass}", "radius: {feature: drum}", "mode: {bind: music}"):
        assert not fits(loaded(text(SOFT % config)), schema, schema)
