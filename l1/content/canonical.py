"""Canonical JSON: one text for one value, so that it can be hashed, signed and compared.

RFC 8785 over a smaller world: objects, arrays, strings, booleans and integers within
±(2^53 - 1). No null (leave the key out), no float (use an integer of a smaller unit or a decimal
string), no lone surrogate.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import rfc8785

LIMIT = 2**53 - 1
"""The largest integer that every JSON reader keeps exact."""

_encode = msgspec.json.Encoder(order="sorted").encode


class NotCanonical(ValueError):
    """The value has no canonical form; the message names the place."""


def canonical(value: Any) -> bytes:
    """Encode `value`, built from dicts, lists, tuples, strings, booleans and integers.

    Raises `NotCanonical` for anything else.
    """
    if _is_plain(value) or _check(value, "$"):
        return _encode(value)
    return rfc8785.dumps(value)


def canonical_struct(value: msgspec.Struct) -> bytes:
    """Encode a struct by its builtin form."""
    return canonical(msgspec.to_builtins(value, str_keys=True))


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, as lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _is_plain(value: Any) -> bool:
    """Tell quickly that a value has a canonical form and that every key is ASCII.

    A no only means that `_check` has to look: it is four times slower, and knows the place.
    """
    kind = type(value)
    if kind is str:
        return bool(value.isascii())
    if kind is int:
        return bool(-LIMIT <= value <= LIMIT)
    if kind is dict:
        for key in value:
            if type(key) is not str or not key.isascii():
                return False
        return _are_plain(value.values())
    if kind is tuple or kind is list:
        return _are_plain(value)
    return kind is bool


def _are_plain(values: Iterable[Any]) -> bool:
    for value in values:
        if type(value) is str:  # most are, and a call for each is what would take the time
            if not value.isascii():
                return False
        elif not _is_plain(value):
            return False
    return True


def _check(value: Any, at: str) -> bool:
    """Refuse what has no canonical form; answer whether every key is ASCII.

    Keys are ordered by UTF-16 code units, which for ASCII is the order of any fast encoder.
    """
    match value:
        case bool():
            return True
        case str():
            _check_text(value, at)
            return True
        case int():
            if not -LIMIT <= value <= LIMIT:
                raise NotCanonical(f"{at}: {value} is outside ±(2^53 - 1)")
            return True
        case Mapping():
            plain = True
            for key, item in value.items():
                if not isinstance(key, str):
                    raise NotCanonical(f"{at}: key {key!r} is not a string")
                _check_text(key, at)
                plain = _check(item, f"{at}.{key}") and key.isascii() and plain
            return plain
        case list() | tuple():
            plain_items = [_check(item, f"{at}[{i}]") for i, item in enumerate(value)]
            return all(plain_items)
        case _:
            raise NotCanonical(f"{at}: {type(value).__name__} has no canonical form")


def _check_text(text: str, at: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotCanonical(f"{at}: a lone surrogate has no canonical form") from None
