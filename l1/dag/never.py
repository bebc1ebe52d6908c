"""Node types that only stand for others, so that nothing is ever rendered by them."""

from collections.abc import Callable

from l1.errors import Refused


def never(type_: str) -> Callable[[object], None]:
    """Make what refuses to render such a step, as a plan of another hand may ask for."""

    def render(_job: object) -> None:
        raise Refused(
            f"{type_} stands for other steps and is none itself; plan the recipe again",
            code="stale_plan",
        )

    return render
