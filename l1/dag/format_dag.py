"""The recipe format of a `registry` and a `dag`.

name: my-effect
registry:
  effects:
    dog: {hash: <SHA3-256 of the effect's code>}
dag:
  nodes:
    - {id: image, type: SOURCE, config: {input: true, name: input_image}}
    - {id: apply, type: EFFECT, config: {effect: dog}, inputs: [image]}
  output: apply
"""

from l1.dag.bad_recipe import BadRecipe
from l1.dag.graph import read_graph
from l1.dag.marked_yaml import Marked
from l1.dag.reading import Written, known

_TOP = ("name", "version", "description", "owner", "registry", "compounds", "dag")
_DAG = ("nodes", "output")


def read(document: Marked) -> Written:
    """Make the recipe; raises `BadRecipe` or `BadYaml` naming the place."""
    known(document, _TOP, ())
    dag = document.value["dag"]
    if dag.value is None:
        raise BadRecipe(("dag",), "`nodes` and `output` are wanted here")
    known(dag, _DAG, ("dag",))
    return read_graph(document, dag, ("dag",), {})
