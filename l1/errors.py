"""The two ways a thing can go wrong, told apart by what the caller can do."""

from collections.abc import Mapping


class Failure(Exception):
    """Base of everything this project raises on purpose.

    `message` says what is wrong and what to do about it, for a person. `code` is a stable word
    for programs. `facts` are the values behind the message, fit for JSON.
    """

    code = "failure"

    def __init__(self, message: str, *, code: str | None = None, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.facts: Mapping[str, object] = facts


class Refused(Failure):
    """This will never work as asked; the message says why. Never retried."""

    code = "refused"


class NotFound(Refused):
    """There is no such thing, or the caller may not know of it."""

    code = "not_found"


class Conflict(Refused):
    """The state of things forbids it; `facts["reasons"]` lists what stands in the way."""

    code = "conflict"


class Unauthorized(Refused):
    """The caller did not show who they are."""

    code = "unauthorized"


class Unavailable(Failure):
    """Something needed is not there right now; try again later."""

    code = "unavailable"
