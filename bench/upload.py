"""How fast bytes become durable, named content, against writing the same file plainly.

    python -m bench.upload [MiB] [folder]

The peer is `open`, `write` and `fdatasync` in the same folder, with no hash, no name and no
care for a crash in between.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from l1.storage.content_store import ContentStore
from l1.storage.local import LocalStore

MIB = 1 << 20
ROUNDS = 3


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    data = random.Random(0).randbytes(size * MIB)
    pieces = [data[at : at + 65536] for at in range(0, len(data), 65536)]
    print(f"{size} MiB in pieces of 64 KiB")
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=folder) as home:
            for name, took in one_round(Path(home), pieces).items():
                best[name] = min(took, best.get(name, took))
    for name, took in best.items():
        print(
            f"  {name:<22} {size / took:6.0f} MiB/s   {best['plain write'] / took:5.2f} x plain write"
        )


def one_round(home: Path, pieces: list[bytes]) -> dict[str, float]:
    local = LocalStore(home / "store")
    took = {"plain write": timed(lambda: plain(home / "plain", pieces))}
    took["LocalStore.receive"] = timed(lambda: received(local, pieces))
    [cid] = local.cids()
    local.delete(cid)
    took["ContentStore.receive"] = timed(lambda: asyncio.run(uploaded(ContentStore(local), pieces)))
    local.delete(cid)
    took["put_file(move=True)"] = timed(lambda: local.put_file(home / "plain", move=True))
    took["verify"] = timed(lambda: local.verify(cid))
    return took


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain(path: Path, pieces: list[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fdatasync(file.fileno())


def received(local: LocalStore, pieces: list[bytes]) -> None:
    with local.receive() as incoming:
        for piece in pieces:
            incoming.write(piece)
        incoming.commit()


async def uploaded(store: ContentStore, pieces: list[bytes]) -> None:
    async with store.receive() as incoming:
        for piece in pieces:
            await incoming.write(piece)
        await incoming.commit()


if __name__ == "__main__":
    main()
