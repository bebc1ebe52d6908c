"""Reads what a request carries: small bodies whole, with a cap; big ones are for `uploads`."""

import json
from typing import TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from l1.errors import Refused

SMALL = 1024 * 1024
"""The most bytes of a body that is read into memory."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
T = TypeVar("T", bound=BaseModel)


def media_type(request: Request) -> str:
    """Tell of what type the body is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_length(request: Request, limit: int) -> None:
    """Refuse a body that announces more than `limit` bytes, before it is sent."""
    announced = request.headers.get("content-length", "0")
    if not (announced.isascii() and announced.isdigit()):
        raise Refused("the Content-Length header is not a number", code="bad_length")
    if int(announced[:20]) > limit:
        raise Refused(
            f"the body has {announced[:20]} bytes; {limit} are taken here",
            code="too_large",
            limit=limit,
        )


async def small_body(request: Request) -> bytes:
    """Read a body of at most a megabyte."""
    check_length(request, SMALL)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > SMALL:
            raise Refused(f"the body is larger than {SMALL} bytes", code="too_large", limit=SMALL)
    return bytes(body)


async def form(request: Request) -> dict[str, list[str]]:
    """Read the fields of a form; empty ones are left out."""
    try:
        return parse_qs((await small_body(request)).decode(), max_num_fields=1000)
    except ValueError as error:
        raise Refused(f"the form cannot be read: {error}", code="bad_json") from None


async def structured(request: Request, schema: type[T]) -> T:
    """Read JSON of a known shape; `Refused` lists every field that does not fit."""
    if media_type(request) != JSON:
        raise Refused(f"send {JSON}", code="unsupported_media_type")
    try:
        data = json.loads(await small_body(request))
    except (ValueError, RecursionError) as error:
        raise Refused(f"the body is not JSON: {error}", code="bad_json") from None
    return checked(data, schema)


def checked(data: object, schema: type[T]) -> T:
    """Hold data against a schema."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        errors = [
            {
                "pointer": "/" + "/".join(str(part) for part in found["loc"]),
                "code": found["type"],
                "detail": found["msg"],
            }
            for found in error.errors(include_url=False, include_input=False)
        ]
        said = "; ".join(f"{e['pointer']}: {e['detail']}" for e in errors[:3])
        raise Refused(f"the body does not fit: {said}", code="bad_body", errors=errors) from None
