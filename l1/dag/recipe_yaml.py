"""From the bytes of a recipe file to a `Recipe`, or to a refusal that names line and column.

Each way of writing recipes is a front end in a file of its own; all end in one value, so that
equal meaning has equal keys however it was written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from l1.dag import format_steps
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import BadYaml, Mark, Marked, parse
from l1.dag.node import Node
from l1.dag.recipe import Recipe
from l1.dag.recipe_check import check
from l1.errors import Refused

LONGEST = 1000
"""The most characters of a message; what it quotes may be as long as the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way of writing recipes."""

    recognises: Callable[[Marked], bool]
    read: Callable[[Marked], Recipe]


FORMATS = (Format(recognises=format_steps.recognises, read=format_steps.read),)


def read_recipe(
    data: bytes,
    nodes: Mapping[str, Node] | None = None,
    *,
    file: str = "recipe.yaml",
    formats: tuple[Format, ...] = FORMATS,
) -> Recipe:
    """Read and check a recipe.

    With `nodes`, node types, effects and parameters are checked too. Raises `Refused`, whose
    message begins with `file:line:column:` and whose facts have `line`, `column` and `place`.
    """
    try:
        document = parse(data)
    except BadYaml as error:
        raise _refused(file, error.at, error.said, code=error.code) from None
    try:
        recipe = _front_end(document, formats).read(document)
        check(recipe, nodes)
    except BadYaml as error:
        raise _refused(file, error.at, error.said, code=error.code) from None
    except BadRecipe as error:
        at = _locate(document, error.place)
        raise _refused(file, at, error.message, code=error.code, place=error.place) from None
    return recipe


def _front_end(document: Marked, formats: tuple[Format, ...]) -> Format:
    """Choose the front end; the first says best what is wrong with what none recognises."""
    if not isinstance(document.value, dict):
        raise BadRecipe((), "a recipe is a map with name, inputs, steps and output")
    return next((form for form in formats if form.recognises(document)), formats[0])


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
