"""An endpoint as a value: what the server answers, and to whom."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel
from starlette.responses import Response

if TYPE_CHECKING:
    from l1.web.asked import Asked

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Answer = str | type[BaseModel]
"""What an answer holds, in words or as a schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path.

    `public` ones answer anybody, `loopback` ones anybody on this machine, all others the owner.
    `body` is what a request carries: a schema, or media types. `query` names the parameters after
    the question mark. `gives` are the media types of a good answer, `answers` its statuses;
    `answers` of errors need not be listed.
    """

    method: Method
    path: str
    handler: Callable[["Asked"], Awaitable[Response]]
    summary: str
    public: bool = False
    loopback: bool = False
    body: type[BaseModel] | tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    gives: tuple[str, ...] = ("application/json",)
    answers: Mapping[int, Answer] = field(default_factory=lambda: {200: "As asked"})

    @property
    def name(self) -> str:
        """Name it as documents do."""
        return f"{self.method} {self.path}"
