"""Compares a live table with the same table folded anew, row by row."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_SHOWN = 5
_WIDE = 120


async def differing_rows(
    connection: "Connection",
    name: str,
    *,
    live: str,
    folded: str,
    key: Sequence[str],
    seconds: float,
) -> list[str]:
    """Describe up to five rows that differ: each by its key, with the columns that do."""
    rows = await connection.fetch(
        f"select to_json(l)::text as live, to_json(f)::text as folded "  # noqa: S608
        f"from {live} l full join {folded} f using ({', '.join(key)}) "
        f"where row(l.*) is distinct from row(f.*) order by {', '.join(key)} limit {_SHOWN}",
        timeout=seconds,
    )
    return [_described(name, key, _read(row["live"]), _read(row["folded"])) for row in rows]


def _described(
    name: str, key: Sequence[str], live: dict[str, Any] | None, folded: dict[str, Any] | None
) -> str:
    named = live or folded or {}
    which = f"{name} {' '.join(f'{column}={named[column]}' for column in key)}"
    if live is None:
        return f"{which}: is missing, the log has it"
    if folded is None:
        return f"{which}: is there, but not in the log"
    said = [
        f"{column} is {_short(value)}, the log says {_short(folded[column])}"
        for column, value in live.items()
        if value != folded[column]
    ]
    return f"{which}: {'; '.join(said)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}..."


def _read(text: str | None) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found
