"""Receives a file while it arrives: every piece goes to the store at once, hashed on the way."""

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from l1.errors import Refused

_AROUND = 64 * 1024
"""Bytes that multipart may put around a file: boundaries, headers, small fields."""

_PARTS = 100
"""So many fields a form may have."""
_NAME = 255
_UNPRINTED = ("Cc", "Cs", "Zl", "Zp")


class Sink(Protocol):
    """Where the bytes go."""

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came with the bytes. `name` is the sender's name for them, or empty."""

    name: str


async def receive_file(request: Request, sink: Sink) -> Sent:
    """Pass the file in a request's body on to `sink`: a form's file, or the body itself."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind == b"multipart/form-data":
        boundary = options.get(b"boundary")
        if not boundary:
            raise Refused("multipart/form-data without a boundary", code="bad_upload")
        return await _receive_form(request, boundary, sink)
    if kind == b"application/x-www-form-urlencoded":
        raise Refused(
            "a file comes as multipart/form-data or as the body itself",
            code="unsupported_media_type",
        )
    empty = True
    async for chunk in request.stream():
        empty = empty and not chunk
        await sink.write(chunk)
    if empty:
        raise Refused("the body is empty; send the file's bytes", code="bad_upload")
    return Sent(name=_cleaned(request.query_params.get("name", "")))


def _cleaned(name: str) -> str:
    """Leave out of a name what no person would write: control characters, and all beyond a cap."""
    return "".join(c for c in name if unicodedata.category(c) not in _UNPRINTED)[:_NAME]


async def _receive_form(request: Request, boundary: bytes, sink: Sink) -> Sent:
    form = _Form(boundary)
    async for chunk in _chunks(request):
        for piece in form.feed(chunk):
            await sink.write(piece)
    return form.finish()


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        if chunk:
            yield chunk


class _Form:
    """Follows a form through its parts, and lets only the bytes of its one file pass."""

    def __init__(self, boundary: bytes) -> None:
        self._pieces: list[bytes] = []
        self._field = bytearray()
        self._value = bytearray()
        self._disposition = ""
        self._in_file = False
        self._name: str | None = None
        self._around = 0
        self._parts = 0
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._add_field,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._take,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise Refused(f"the form cannot be read: {error}", code="bad_upload") from None

    def feed(self, chunk: bytes) -> list[bytes]:
        """Read on; answers the bytes of the file in this chunk."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Refused(f"the form cannot be read: {error}", code="bad_upload") from None
        pieces, self._pieces = self._pieces, []
        return pieces

    def finish(self) -> Sent:
        """Say what came; `Refused` for a form that breaks off or has no file."""
        if not self._ended:
            raise Refused("the upload broke off; nothing was kept", code="bad_upload")
        if self._name is None:
            raise Refused("the form has no file: send one as the field `file`", code="bad_upload")
        return Sent(name=self._name)

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _PARTS:
            raise Refused(f"the form has more than {_PARTS} fields", code="too_large", limit=_PARTS)
        self._disposition = ""

    def _add_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value.decode("utf-8", "replace")
        self._field.clear()
        self._value.clear()

    def _end_headers(self) -> None:
        _, options = parse_options_header(_as_header(self._disposition))
        self._in_file = b"filename" in options
        if not self._in_file:
            return
        if self._name is not None:
            raise Refused("one file at a time", code="bad_upload")
        self._name = _cleaned(options[b"filename"].decode("utf-8", "replace"))

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pieces.append(data[start:end])
            return
        self._around += end - start
        if self._around > _AROUND:
            raise Refused("the form's fields are too large", code="too_large", limit=_AROUND)

    def _end(self) -> None:
        self._ended = True


def _as_header(text: str) -> bytes:
    """Hand a decoded header to a parser that takes bytes as Latin-1 and gives them back so."""
    return text.encode("utf-8")
