"""Sessions of browsers: a random secret in a cookie, its hash in the database."""

import secrets
from typing import TYPE_CHECKING

import asyncpg

from l1.access.owner import hashed

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

DAYS = 30
"""So long a session lasts."""

_LOOK_AT_CODE = "select true from login_code where hash = $1 and expires > now()"
_USE_CODE = "delete from login_code where hash = $1 and expires > now() returning true"
_BEGIN = """
insert into session (hash, owner, expires) values ($1, $2, now() + make_interval(days => $3))
"""


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool

    async def is_waiting(self, code: str) -> bool:
        """Tell whether a login code is good, without using it."""
        return bool(await self._pool.fetchval(_LOOK_AT_CODE, hashed(code)))

    async def begin(self, code: str, owner: str) -> str | None:
        """Turn a login code into the secret of a new session; None if the code is not good."""
        secret = secrets.token_urlsafe(32)
        async with self._pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_USE_CODE, hashed(code)):
                return None
            await connection.execute("delete from session where expires < now()")
            await connection.execute(_BEGIN, hashed(secret), owner, DAYS)
        return secret

    async def owner(self, secret: str) -> str | None:
        """Tell whose session a secret opens; None if it opens none."""
        owner: str | None = await self._pool.fetchval(
            "select owner from session where hash = $1 and expires > now()", hashed(secret)
        )
        return owner

    async def end(self, secret: str) -> None:
        """End a session, now and everywhere."""
        await self._pool.execute("delete from session where hash = $1", hashed(secret))
