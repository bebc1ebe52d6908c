"""What is wrong with a recipe, and where."""

from l1.errors import Refused

Place = tuple[str | int, ...]
"""Where in a recipe, as `("steps", 1, "type")`."""


class BadRecipe(Refused):
    """A recipe says something that cannot be meant; `place` says where."""

    code = "bad_recipe"

    def __init__(self, place: Place, message: str, *, code: str | None = None) -> None:
        where = ".".join(str(part) for part in place)
        super().__init__(f"{where}: {message}" if where else message, code=code, place=where)
        self.place = place
        self.said = message
