"""The recipe format of `nodes` and `output` at the top.

name: my-effect
nodes:
  image: {type: SOURCE, config: {input: true}}
  apply: {type: EFFECT, config: {effect: dog}, inputs: image}
output: apply

`nodes` may be a list too, of maps that each have an `id`; and `inputs` may declare what a run is
given, in which case nodes take from there by name.
"""

from l1.dag.declared import read_inputs
from l1.dag.graph import read_graph
from l1.dag.marked_yaml import Marked
from l1.dag.reading import Written, known

_TOP = (
    "name",
    "version",
    "description",
    "owner",
    "registry",
    "inputs",
    "compounds",
    "nodes",
    "output",
)


def read(document: Marked) -> Written:
    """Make the recipe; raises `BadRecipe` or `BadYaml` naming the place."""
    known(document, _TOP, ())
    return read_graph(document, document, (), read_inputs(document))
