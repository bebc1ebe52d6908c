"""Errors as answers: problem details (RFC 9457) for programs, a page for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from l1.errors import Conflict, Failure, NotFound, Refused, Unauthorized, Unavailable

MEDIA_TYPE = "application/problem+json"

_BY_CODE = {
    "forbidden": 403,
    "bad_host": 421,
    "too_large": 413,
    "unsupported_media_type": 415,
    "bad_identifier": 400,
    "bad_json": 400,
    "bad_query": 400,
    "bad_upload": 400,
    "bad_key": 400,
    "bad_length": 400,
}
_BY_CLASS: tuple[tuple[type[Failure], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Unauthorized, 401),
    (Refused, 422),
    (Unavailable, 503),
)
_LISTS = ("reasons", "errors")
_RETRY_S, _SOON_S = "5", "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, whose status it has, and what a program can make of it."""

    status: int
    code: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name the kind of problem."""
        return HTTPStatus(self.status).phrase

    def members(self, *, base: str, request_id: str) -> dict[str, Any]:
        """Write it as problem details; `base` is the address at which the kinds are described."""
        return {
            "type": f"{base}/docs#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
            **self.more,
        }


def of_failure(failure: Failure) -> Problem:
    """Turn what was raised on purpose into an answer."""
    status = _BY_CODE.get(failure.code) or next(
        (status for kind, status in _BY_CLASS if isinstance(failure, kind)), 500
    )
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="artdag"'
    if status == 503:
        headers["Retry-After"] = _SOON_S if failure.code == "not_yet" else _RETRY_S
    lists = {name: failure.facts[name] for name in _LISTS if failure.facts.get(name)}
    facts = {k: v for k, v in failure.facts.items() if k not in _LISTS and _is_plain(v)}
    return Problem(
        status=status,
        code=failure.code,
        detail=failure.message,
        more=lists | ({"facts": facts} if facts else {}),
        headers=headers,
    )


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Say what a bare status means here."""
    code, detail = _WORDS.get(status, ("failure", "The server could not answer this."))
    return Problem(status=status, code=code, detail=detail, headers=headers or {})


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, bool, list, tuple, dict))


_WORDS = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method; see the Allow header."),
    413: ("too_large", "The request is larger than this server takes."),
    415: ("unsupported_media_type", "This address does not take content of this type."),
    500: (
        "internal",
        "Something went wrong inside the server; it was logged under the id of this request.",
    ),
}

KINDS: Mapping[int, str] = {
    400: "The request cannot be understood: malformed JSON, an identifier that is none.",
    401: "The caller did not show who they are.",
    403: "The request comes from another site, or the caller may not do this.",
    404: "There is no such thing, or the caller may not know of it.",
    405: "The address exists, but not with this method.",
    409: "The state of things forbids it; `reasons` says what stands in the way.",
    413: "The body is larger than is taken here.",
    415: "The body is of a type that is not taken here.",
    421: "The Host header names another server.",
    422: "It will never work as asked; `detail` says what to change.",
    500: "A fault of the server, logged under `request_id`.",
    503: "Something needed is away; try again after `Retry-After` seconds.",
}
"""The statuses of problems, for documents."""
