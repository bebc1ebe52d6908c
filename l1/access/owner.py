"""Owner mode: one person, one token in a file that only they can read, one-time codes for browsers."""

import hashlib
import hmac
import ipaddress
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from l1.errors import Refused, Unavailable
from l1.secrets.once import made_once
from l1.settings import Settings

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

CODE_MINUTES = 15
"""So long a login code may wait to be used."""

_TOKEN_BYTES = 32


def owner_token(home: Path) -> str:
    """Read the owner's token from `owner.token`, making it the first time."""
    file = home / "owner.token"
    token = made_once(file, _new_token).decode("ascii", "ignore").strip()
    if len(token) < _TOKEN_BYTES:
        raise Unavailable(f"{file} holds no token; remove it and a new one is made")
    return token


def _new_token() -> bytes:
    return f"{secrets.token_urlsafe(_TOKEN_BYTES)}\n".encode()


def is_same(known: str, given: str) -> bool:
    """Compare secrets in a time that tells nothing about where they differ."""
    return hmac.compare_digest(hashed(known), hashed(given))


def hashed(secret: str) -> bytes:
    """Hash a secret of full entropy for keeping; it needs no salt."""
    return hashlib.sha256(secret.encode()).digest()


async def new_login_code(pool: "Pool") -> str:
    """Make a code that logs one browser in, once, within a quarter of an hour."""
    code = secrets.token_urlsafe(_TOKEN_BYTES)
    await pool.execute("delete from login_code where expires < now()")
    await pool.execute(
        "insert into login_code (hash, expires) values ($1, now() + make_interval(mins => $2))",
        hashed(code),
        CODE_MINUTES,
    )
    return code


def check_bind(settings: Settings) -> None:
    """Refuse to listen where others can reach an owner-mode server, unless that is allowed."""
    if settings.allow_remote_owner or is_loopback(settings.host):
        return
    raise Refused(
        f"HOST={settings.host} can be reached from other machines, and this server has a single "
        "owner and no accounts. Set HOST=127.0.0.1, or, behind a proxy with TLS or inside a "
        "container, ARTDAG_ALLOW_REMOTE_OWNER=true",
        code="remote_bind",
        host=settings.host,
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address means this machine only."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
