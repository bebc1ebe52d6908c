"""Personal text at rest: sealed under a key of the person's own, which can be thrown away.

Text is sealed with AES-256-GCM under a random key per subject; those keys are wrapped under the
node's master key, a file that only its owner can read.
"""

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from l1.errors import Refused, Unavailable
from l1.events.event import Sealed
from l1.secrets.once import made_once

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_NONCE = 12
_PREFIX = "s1:"


def load_master_key(file: Path) -> bytes:
    """Read the node's master key, making it the first time."""
    key = made_once(file, lambda: AESGCM.generate_key(256))
    if len(key) != 32:
        raise Unavailable(f"{file} is not a master key; restore it from a backup")
    return key


class Keyring:
    """Seals and opens the texts of persons."""

    def __init__(self, pool: "Pool", master: bytes) -> None:
        self._pool = pool
        self._master = AESGCM(master)
        self._keys: dict[str, AESGCM] = {}

    async def seal(self, subject: str, text: str) -> Sealed:
        """Encrypt a person's text; the empty text stays empty."""
        if not text:
            return Sealed("")
        key = await self._key(subject)
        nonce = os.urandom(_NONCE)
        box = nonce + key.encrypt(nonce, text.encode(), subject.encode())
        return Sealed(f"{_PREFIX}{subject}:{base64.b64encode(box).decode()}")

    async def open(self, sealed: str | None) -> str | None:
        """Decrypt; None once the person's key has been erased, or for nothing at all."""
        if not sealed or not sealed.startswith(_PREFIX):
            return None
        subject, _, box = sealed[len(_PREFIX) :].rpartition(":")
        data = base64.b64decode(box)
        try:
            key = await self._existing(subject)
            if key is None:
                return None
            return key.decrypt(data[:_NONCE], data[_NONCE:], subject.encode()).decode()
        except InvalidTag:
            raise Unavailable(
                "a sealed text does not open: is this the right master key?"
            ) from None

    async def erase(self, subject: str) -> None:
        """Throw a person's key away: none of their sealed text can be read again, anywhere."""
        await self._pool.execute(
            "insert into subject_key (subject, erased) values ($1, now()) "
            "on conflict (subject) do update set wrapped = null, erased = now()",
            subject,
        )
        self._keys.pop(subject, None)

    async def _key(self, subject: str) -> AESGCM:
        fresh = AESGCM.generate_key(256)
        nonce = os.urandom(_NONCE)
        wrapped = nonce + self._master.encrypt(nonce, fresh, subject.encode())
        await self._pool.execute(
            "insert into subject_key (subject, wrapped) values ($1, $2) on conflict do nothing",
            subject,
            wrapped,
        )
        key = await self._existing(subject)
        if key is None:
            raise Refused("this person's data was erased", code="erased")
        return key

    async def _existing(self, subject: str) -> AESGCM | None:
        # Asked each time: an erasure by another process must count at once.
        wrapped = await self._pool.fetchval(
            "select wrapped from subject_key where subject = $1", subject
        )
        if wrapped is None:
            return None
        if subject not in self._keys:
            plain = self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.encode())
            self._keys[subject] = AESGCM(plain)
        return self._keys[subject]
