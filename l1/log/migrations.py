"""Brings a database up to date: numbered SQL files, each applied once, in order, never edited."""

import hashlib
import re
from pathlib import Path

import asyncpg

from l1.errors import Refused

_LOCK = 7164210946
_NAME = re.compile(r"(\d{4})_\w+\.sql")
_TABLE = """
create table if not exists schema_migration (
  number int primary key, name text not null, sha256 text not null,
  at timestamptz not null default now())
"""


async def migrate(dsn: str, folder: Path) -> list[str]:
    """Apply what is missing and answer the names applied.

    Many processes may call this at once; each file is applied by one of them. Raises `Refused`
    when an applied file was edited or two files share a number.
    """
    files = _files(folder)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_TABLE)
        rows = await connection.fetch("select number, name, sha256 from schema_migration")
        applied = {row["number"]: row for row in rows}
        fresh = []
        for number, file in files.items():
            text = file.read_text()
            digest = hashlib.sha256(text.encode()).hexdigest()
            if number not in applied:
                await _apply(connection, number, file.name, text, digest)
                fresh.append(file.name)
            elif applied[number]["sha256"] != digest:
                raise Refused(
                    f"{file.name} was edited after it had been applied to this database; "
                    "restore it and put the change into a new file"
                )
        return fresh
    finally:
        await connection.close()


async def _apply(
    connection: "asyncpg.Connection[asyncpg.Record]",
    number: int,
    name: str,
    text: str,
    digest: str,
) -> None:
    async with connection.transaction():
        await connection.execute("set local lock_timeout = '10s'")
        await connection.execute(text)
        await connection.execute(
            "insert into schema_migration (number, name, sha256) values ($1, $2, $3)",
            number,
            name,
            digest,
        )


def _files(folder: Path) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for file in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(file.name)
        if match is None:
            raise Refused(f"{file.name}: a migration is named like 0001_log.sql")
        number = int(match[1])
        if number in found:
            raise Refused(f"{found[number].name} and {file.name} share a number")
        found[number] = file
    return found
