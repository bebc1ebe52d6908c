"""Reads what a request carries: small bodies whole, with a cap; big ones are for `uploads`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from l1.errors import Refused

SMALL = 1024 * 1024
"""The most bytes of a body that is read into memory."""

_DIGITS = 19
"""So many digits a number has at most, so that it fits the database's."""

_ERRORS = 20
"""So many fields that do not fit are told of."""
_POINTER = 200
"""So many characters are told of where each stands."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
T = TypeVar("T", bound=BaseModel)


def whole_number(text: str) -> int | None:
    """Read a number that is not negative; None for anything else, and for what is too long."""
    if len(text) > _DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def media_type(request: Request) -> str:
    """Tell of what type the body is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_length(request: Request, limit: int) -> None:
    """Refuse a body that announces more than `limit` bytes, before it is sent."""
    announced = whole_number(request.headers.get("content-length", "0"))
    if announced is None:
        raise Refused(
            f"the Content-Length header is not a number of at most {_DIGITS} digits",
            code="bad_length",
        )
    if announced > limit:
        raise Refused(
            f"the body has {announced} bytes; {limit} are taken here",
            code="too_large",
            limit=limit,
        )


async def small_body(request: Request, *, limit: int = SMALL) -> bytes:
    """Read a body of at most a megabyte, or `limit` bytes."""
    check_length(request, limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused(f"the body is larger than {limit} bytes", code="too_large", limit=limit)
    return bytes(body)


async def form(request: Request) -> dict[str, list[str]]:
    """Read the fields of a form; empty ones are left out."""
    try:
        return parse_qs((await small_body(request)).decode(), max_num_fields=1000)
    except ValueError as error:
        raise Refused(f"the form cannot be read: {error}", code="bad_json") from None


async def structured(request: Request, schema: type[T], *, limit: int = SMALL) -> T:
    """Read JSON of a known shape; `Refused` lists the first fields that do not fit."""
    if media_type(request) != JSON:
        raise Refused(f"send {JSON}", code="unsupported_media_type")
    try:
        data = json.loads(await small_body(request, limit=limit))
    except (ValueError, RecursionError) as error:
        raise Refused(f"the body is not JSON: {error}", code="bad_json") from None
    return checked(data, schema)


def checked(data: object, schema: type[T]) -> T:
    """Hold data against a schema."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        told = _told(error.errors(include_url=False, include_input=False))
        errors = list(islice(told, _ERRORS))
        said = "; ".join(f"{e['pointer']} {e['detail']}" for e in errors[:3])
        raise Refused(f"the body does not fit: {said}", code="bad_body", errors=errors) from None


def _told(found: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """Say each field's mistake once, in plain words: of a choice, each way is tried and fails."""
    by_place: dict[str, list[tuple[str, str]]] = {}
    for each in found:
        place = "/" + "/".join(str(part) for part in each["loc"] if not _is_of_choice(part))
        by_place.setdefault(place, []).append((each["type"], _mistake(each)))
    for place, mistakes in by_place.items():
        details = dict.fromkeys(detail for _, detail in mistakes)
        yield {"pointer": place[:_POINTER], "code": mistakes[0][0], "detail": " and ".join(details)}


def _is_of_choice(part: object) -> bool:
    """Tell whether a part of a place is the name of a way, or of a key, and no field."""
    return isinstance(part, str) and (part.startswith(("dict[", "list[")) or part == "[key]")


def _mistake(found: Mapping[str, Any]) -> str:
    limits = found.get("ctx", {})
    return {
        "missing": "is missing",
        "extra_forbidden": "is a field that is not known here",
        "string_type": "is not text",
        "string_too_short": "is empty",
        "string_too_long": f"is longer than {limits.get('max_length')} characters",
        "dict_type": "is no object",
        "list_type": "is no list",
        "model_type": "is no object",
        "bool_type": "is neither true nor false",
        "bool_parsing": "is neither true nor false",
    }.get(found["type"], "does not fit")
