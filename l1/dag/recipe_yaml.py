"""From the bytes of a recipe file to a `Recipe`, or to a refusal that names line and column.

Each way of writing recipes is a front end in a file of its own; all end in one value, so that
equal meaning has equal keys however it was written.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from l1.dag import format_dag, format_nodes, format_steps
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.foreign import with_code
from l1.dag.marked_yaml import BadYaml, Mark, Marked, parse
from l1.dag.node import Node
from l1.dag.reading import Written
from l1.dag.recipe import Recipe
from l1.dag.recipe_check import check
from l1.dag.suggest import nearest
from l1.errors import Refused

LONGEST = 1000
"""The most characters of a message; what it quotes may be as long as the file."""


FORMATS: Mapping[str, Callable[[Marked], Written]] = MappingProxyType(
    {"steps": format_steps.read, "dag": format_dag.read, "nodes": format_nodes.read}
)
"""The front ends, by the key under which each has the work; nothing else has that key."""


def read_recipe(
    data: bytes,
    nodes: Mapping[str, Node] | None = None,
    *,
    file: str = "recipe.yaml",
) -> Recipe:
    """Read and check a recipe.

    With `nodes`, node types, effects and parameters are checked too. Raises `Refused`, whose
    message begins with `file:line:column:` and whose facts have `line`, `column` and `place`.
    """
    try:
        document = parse(data)
        return _read(document, nodes, file)
    except BadYaml as error:
        raise _refused(file, error.at, error.said, code=error.code) from None


def _read(document: Marked, nodes: Mapping[str, Node] | None, file: str) -> Recipe:
    written = None
    try:
        written = _front_end(document)(document)
        recipe = with_code(written.recipe, nodes) if nodes else written.recipe
        check(recipe, nodes)
    except BadRecipe as error:
        place = written.place(error.place) if written else error.place
        at, said = _locate(document, place), BadRecipe(place, error.said).message
        raise _refused(file, at, said, code=error.code, place=place) from None
    return recipe


def _front_end(document: Marked) -> Callable[[Marked], Written]:
    """Choose by the key there is, or by one that is nearly it; else the first says what is wrong."""
    if not isinstance(document.value, dict):
        raise BadRecipe((), "a recipe is a map with name, inputs, steps and output")
    for key in FORMATS:
        if key in document.value:
            return FORMATS[key]
    near = (nearest(key, FORMATS) for key in document.value)
    return FORMATS[next((key for key in near if key), "steps")]


def _locate(document: Marked, place: Place) -> Mark:
    """Find the value at `place`, or the nearest thing around it that is there."""
    here = document
    for part in place:
        inside = here.value
        if isinstance(inside, dict) and part in inside:
            here = inside[str(part)]
        elif isinstance(inside, tuple) and isinstance(part, int) and part < len(inside):
            here = inside[part]
        else:
            break
    return here.at


def _refused(file: str, at: Mark, said: str, *, code: str, place: Place = ()) -> Refused:
    where = ".".join(str(part) for part in place)
    short = said if len(said) <= LONGEST else f"{said[:LONGEST]}..."
    message = f"{file}:{at.line}:{at.column}: {short}"
    return Refused(message, code=code, line=at.line, column=at.column, place=where)
