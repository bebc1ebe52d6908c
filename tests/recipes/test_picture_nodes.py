"""Recipes of the nodes that make and change pictures: read, planned, and told what is wrong."""

import pytest

from l1 import compose
from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.dag.params import normalise
from l1.dag.planner import plan
from l1.dag.recipe_schema import recipe_schema
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.schema_checking import fits
from tests.dag.test_recipe_schema import loaded

EFFECTS = compose.effects()
NODES = compose.nodes()
PHOTO, TABLE = Cid("photo"), Cid("table")
INFOS = {
    PHOTO: MediaInfo(kind="image", media_type="image/png"),
    TABLE: MediaInfo(kind="text", media_type="text/plain"),
}
FILM = b"""name: film
inputs: {photo: {type: image}, table: {}}
steps:
  - {id: title, type: GENERATE, config: {pattern: gradient, second: red, fps: 29.97}}
  - id: over
    type: KEN_BURNS
    inputs: [photo]
    config: {start: {zoom: 2, x: 0.3}, end: {left: 0.1, top: 0, right: 0.5, bottom: 0.5}}
  - {id: both, type: SEQUENCE, inputs: [title, over]}
  - {id: faded, type: COLOR, inputs: [both], config: {curve: [[0, 0.1], [1, 0.9]]}}
  - {id: graded, type: LUT, inputs: [faded, table], config: {strength: 0.5}}
  - {id: named, type: TEXT, inputs: [graded], config: {text: "Two\\nlines", end: 3, fade: 0.5}}
  - {id: turned, type: EFFECT, inputs: [named], config: {effect: rotate, degrees: -90}}
  - {id: strip, type: IMAGE_SEQUENCE, inputs: [photo, photo], config: {hold: 2}}
  - {id: film, type: SEQUENCE, inputs: [turned, strip]}
output: film
"""


def planned(text):
    return plan(
        read_recipe(text, NODES), {"photo": PHOTO, "table": TABLE}, INFOS, NODES, compose.PROFILE
    )


def test_a_film_of_nothing_and_a_photo_is_planned():
    made = planned(FILM)
    assert made.by_id["title"].level == made.by_id["over"].level == 0
    for step in made.steps:
        assert normalise(EFFECTS[step.node].parse(dict(step.params))) == dict(step.params)


def test_it_fits_the_schema_that_editors_read():
    schema = recipe_schema(NODES)
    assert fits(loaded(FILM), schema, schema)
    assert not fits(loaded(FILM.replace(b"[1, 0.9]", b"[1, 0.9, 2]")), schema, schema)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("COLOR, inputs: [photo], config: {curve: [[0, 0, 1]]}", "a list; may be left out"),
        ("KEN_BURNS, inputs: [photo], config: {start: {zoom: 0}}", "a map; may be left out"),
        ("STILL, inputs: [made]", "takes image; 'made' is video"),
        ("GENERATE, inputs: [photo]", "takes no inputs, 1 given"),
        ("TEXT, inputs: [photo], config: {text: 5}", "a text; default empty"),
    ],
)
def test_what_is_wrong_is_said(step, said):
    text = (
        "name: t\ninputs: {photo: {type: image}, table: {}}\nsteps:\n"
        f"  - {{id: made, type: GENERATE}}\n  - {{id: a, type: {step}}}\noutput: a\n"
    )
    with pytest.raises(Refused, match=said):
        planned(text.encode())
