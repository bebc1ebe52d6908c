"""Turns values into pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script from elsewhere, and the hash that it must have."""

    url: str
    integrity: str


class Pages:
    """The templates of one folder. What is put into a page is escaped."""

    def __init__(
        self, folder: Path, *, scripts: tuple[Script, ...], player: Script, known: Mapping[str, Any]
    ) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(size=size, short=short, moment=moment, took=took, many=many)
        self._templates.globals.update(scripts=scripts, player=player, **known)
        self.policy = _policy((*scripts, player))

    def render(self, template: str, **context: Any) -> str:
        """Write a page or a part of one."""
        return self._templates.get_template(template).render(context)


def size(count: int) -> str:
    """Write a number of bytes for people."""
    number, unit = float(count), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.0f} {_UNITS[unit]}" if unit == 0 else f"{number:.1f} {_UNITS[unit]}"


def short(name: str) -> str:
    """Shorten a CID or a key in the middle; its ends tell it apart."""
    return name if len(name) <= 20 else f"{name[:10]}…{name[-6:]}"


def many(count: int, word: str) -> str:
    """Write a number of things."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def moment(at: datetime) -> str:
    """Write a point in time for people."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def took(microseconds: int) -> str:
    """Write how long something took."""
    seconds = microseconds / 1_000_000
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def _policy(scripts: tuple[Script, ...]) -> str:
    """Allow pages nothing but what ours need: no inline code, no evaluation, nobody's frame.

    A player without HLS of its own puts streams together itself, and shows them as a `blob:`.
    """
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(s.url)) for s in scripts if "://" in s.url}
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *sorted(origins)]),
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )
