"""Naming content, against hashlib: our CID engine, and both names in one pass."""

import hashlib
import random
import time
from collections.abc import AsyncIterator, Callable

from bench.benchmark import Benchmark, Row, Setting, Target, in_turns
from l1.content.unixfs import UnixFs
from l1.storage.identifier import Identifier

MIB = 1 << 20
KIB = 1 << 10


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure pieces of 1 MiB and of 64 KiB, as servers deliver them."""
    size = setting.pick(128, 4)
    data = random.Random(0).randbytes(size * MIB)
    rounds = setting.pick(9, 1)
    for piece in (MIB, 64 * KIB):
        pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
        yield Row(
            what=f"CID in pieces of {piece // KIB} KiB",
            peer="hashlib.sha256",
            unit="MiB/s",
            pairs=await _compare(pieces, UnixFs, hashlib.sha256, rounds),
            target=Target(sign=">=", bound=0.9),
        )
        yield Row(
            what=f"CID and SHA3-256 in pieces of {piece // KIB} KiB",
            peer="hashlib.sha3_256 alone",
            unit="MiB/s",
            pairs=await _compare(pieces, Identifier, hashlib.sha3_256, rounds),
        )


async def _compare(
    pieces: list[bytes], ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> tuple[tuple[float, float], ...]:
    async def run(make: Callable[[], object]) -> float:
        return speed(make(), pieces)

    return await in_turns(lambda: run(ours), lambda: run(theirs), rounds=rounds)


def speed(hasher, pieces: list[bytes]) -> float:
    """Hash the pieces to the end and answer MiB a second."""
    start = time.perf_counter()
    for piece in pieces:
        hasher.update(piece)
    finish = getattr(hasher, "finish", None) or getattr(hasher, "cid", None) or hasher.digest
    finish()
    return sum(map(len, pieces)) / MIB / (time.perf_counter() - start)


CID = Benchmark(name="cid", measure=measure)
