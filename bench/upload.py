"""Bytes becoming durable, named content, against hashing alone and against writing alone.

Neither peer does both, gives a name or a CID, or takes care for a crash in between.
"""

import hashlib
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench.benchmark import Benchmark, Row, Setting, in_turns
from bench.cid import KIB, MIB, speed
from l1.storage.content_store import ContentStore
from l1.storage.local import LocalStore

_PIECE = 64 * KIB


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure an upload into the store."""
    size = setting.pick(128, 4)
    data = random.Random(1).randbytes(size * MIB)
    pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
    rounds = setting.pick(7, 1)
    with tempfile.TemporaryDirectory(dir=setting.home) as folder:
        home = Path(folder)

        async def hashed() -> float:
            return speed(hashlib.sha3_256(), pieces)

        async def written() -> float:
            return write(home / "plain", pieces)

        async def ours() -> float:
            return await store(home / "store", pieces)

        for peer, theirs in (
            ("hashlib.sha3_256 alone", hashed),
            ("write and fdatasync alone", written),
        ):
            yield Row(
                what=f"upload of {size} MiB into the store, both names",
                peer=peer,
                unit="MiB/s",
                pairs=await in_turns(ours, theirs, rounds=rounds),
            )


def write(path: Path, pieces: list[bytes]) -> float:
    """Write a durable file and answer MiB a second."""
    start = time.perf_counter()
    with path.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fdatasync(file.fileno())
    took = time.perf_counter() - start
    path.unlink()
    return sum(map(len, pieces)) / MIB / took


async def store(root: Path, pieces: list[bytes]) -> float:
    """Receive the pieces into a store and answer MiB a second."""
    local = LocalStore(root)
    contents = ContentStore(local)
    start = time.perf_counter()
    async with contents.receive() as incoming:
        for piece in pieces:
            await incoming.write(piece)
        identity = await incoming.commit()
    took = time.perf_counter() - start
    local.delete(identity.cid)
    return sum(map(len, pieces)) / MIB / took


UPLOAD = Benchmark(name="upload", measure=measure)
