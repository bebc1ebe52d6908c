"""How fast content gets its names, against hashlib's SHA-256 and SHA3-256 in the same run.

python -m bench.cid [MiB]
"""

import hashlib
import random
import sys
import time
from collections.abc import Callable

from l1.content.unixfs import PROFILES, UnixFs
from l1.storage.identifier import Identifier

MIB = 1 << 20
ROUNDS = 5


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    data = random.Random(0).randbytes(size * MIB)
    for piece in (MIB, 64 << 10):
        pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
        print(f"pieces of {piece >> 10} KiB")
        compare(
            pieces,
            "hashlib.sha256",
            hashlib.sha256,
            {name: lambda profile=profile: UnixFs(profile) for name, profile in PROFILES.items()},
        )
        compare(pieces, "hashlib.sha3_256", hashlib.sha3_256, {"both names": Identifier})


def compare(
    pieces: list[bytes],
    peer: str,
    new_peer: Callable[[], object],
    ours: dict[str, Callable[[], object]],
) -> None:
    makers = {peer: new_peer, **ours}
    best = dict.fromkeys(makers, float("inf"))
    for _ in range(ROUNDS):  # in turns, so that a busy moment strikes all alike
        for name, make in makers.items():
            best[name] = min(best[name], seconds(make(), pieces))
    total = sum(map(len, pieces)) / MIB
    for name, took in best.items():
        print(f"  {name:<18} {total / took:7.0f} MiB/s   {best[peer] / took:5.2f} x {peer}")


def seconds(hasher: object, pieces: list[bytes]) -> float:
    start = time.perf_counter()
    for piece in pieces:
        hasher.update(piece)
    finish = getattr(hasher, "finish", None) or getattr(hasher, "cid", None) or hasher.digest
    finish()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
