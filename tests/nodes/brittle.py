"""A look that fails in the middle of a film."""

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look
from l1.errors import Refused


class BrittleParams(Params):
    """It fails at picture `at`, politely or by a bug."""

    at: int = 150
    polite: bool = True


def _look(params: BrittleParams, _stage: Stage) -> Change:
    def change(picture, number):
        if number == params.at:
            if params.polite:
                raise Refused(f"picture {number} cannot be shown; leave it out", code="odd_picture")
            raise RuntimeError(f"picture {number} is odd")
        return picture

    return change


BRITTLE = effect_of_look(
    Node(
        name="brittle", version=1, summary="for tests", params=BrittleParams,
        accepts=(frozenset({"video", "image"}),), timeout_s=60,
    ),
    _look,
)  # fmt: skip
