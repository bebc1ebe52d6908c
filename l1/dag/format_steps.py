"""The recipe format of `inputs`, `steps` and `output`.

name: beat-sync
inputs:
  video: {type: video, description: "Source video"}
steps:
  - {id: sync, type: BEAT_SYNC, inputs: [video], config: {mode: stretch}}
output: sync
"""

from l1.dag.bad_recipe import Place
from l1.dag.compounds import read_compounds
from l1.dag.declared import read_inputs
from l1.dag.marked_yaml import Marked
from l1.dag.reading import Written, known, text
from l1.dag.recipe import Recipe
from l1.dag.registry import Registry
from l1.dag.sources import fixed
from l1.dag.step_list import read_steps

_TOP = ("name", "version", "description", "inputs", "compounds", "steps", "output")


def read(document: Marked) -> Written:
    """Make the recipe; raises `BadRecipe` or `BadYaml` naming the place."""
    known(document, _TOP, ())
    inputs, groups = read_inputs(document), read_compounds(document)

    def fix(name: str, item: Marked, place: Place) -> str:
        return fixed(name, item, place, inputs, Registry())

    steps = read_steps(document, (), fix)
    recipe = Recipe(
        name=text(document, "name", (), required=True),
        version=text(document, "version", ()),
        description=text(document, "description", ()),
        inputs=inputs,
        steps=tuple(steps.steps),
        output=text(document, "output", ()),
        compounds=groups.compounds,
    )
    return Written(recipe=recipe, places=groups.places | steps.places)
