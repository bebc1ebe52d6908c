"""The recipe format of `inputs`, `steps` and `output`.

name: beat-sync
inputs:
  video: {type: video, description: "Source video"}
steps:
  - {id: sync, type: BEAT_SYNC, inputs: [video], config: {mode: stretch}}
output: sync
"""

from l1.dag.bad_recipe import Place
from l1.dag.declared import read_inputs
from l1.dag.marked_yaml import Marked
from l1.dag.reading import Written, config, content, items, known, references, text
from l1.dag.recipe import SOURCE, Recipe, RecipeStep

_TOP = ("name", "version", "description", "inputs", "steps", "output")
_STEP = ("id", "type", "inputs", "config", "description")


def read(document: Marked) -> Written:
    """Make the recipe; raises `BadRecipe` or `BadYaml` naming the place."""
    known(document, _TOP, ())
    recipe = Recipe(
        name=text(document, "name", (), required=True),
        version=text(document, "version", ()),
        description=text(document, "description", ()),
        inputs=read_inputs(document),
        steps=tuple(
            _step(item, ("steps", i)) for i, item in enumerate(items(document, "steps", ()))
        ),
        output=text(document, "output", ()),
    )
    return Written(recipe=recipe)


def _step(item: Marked, place: Place) -> RecipeStep:
    known(item, _STEP, place)
    step = RecipeStep(
        id=text(item, "id", place, required=True),
        type=text(item, "type", place, required=True),
        config=config(item, place),
        inputs=references(item, place),
    )
    if step.type.upper() == SOURCE and "cid" in step.config:
        content(item.value["config"], "cid", (*place, "config"))
    return step
