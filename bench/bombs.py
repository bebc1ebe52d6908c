"""Looking into a PNG of 16000x16000 pixels in less than a megabyte: the most memory that takes."""

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

from bench.benchmark import Benchmark, Row, Setting, Target, alone, in_turns
from l1.compose.confining import probe_limits
from l1.settings import from_environment
from l1.workers.children import Children, Task, TaskSource

SIDE = 16_000
MOST_MB = 64
_THEIRS = """
import resource, sys, av
with av.open(sys.argv[1]) as container:
    assert container.streams.video[0].width
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure the largest resident memory of the sandboxed child, and of PyAV left to itself."""
    bomb = setting.home / "bomb.png"
    bomb.write_bytes(_bomb(SIDE))
    limits = probe_limits(from_environment())
    source = TaskSource(path=str(bomb))
    task = Task(kind="analyse", name="probe", sources=(source,), limits=limits)
    async with Children() as children:

        async def ours() -> float:
            done = await children.run(task)
            assert "16000x16000" in done.value["problem"]
            return done.peak_bytes / 10**6

        async def theirs() -> float:
            return await _peak(bomb)

        about = f"{bomb.stat().st_size // 1000} kB on the disk, {SIDE**2 * 3 // 10**6} MB of pixels"
        yield Row(
            what="memory of a probe of a PNG bomb",
            peer="(a bound, not a peer)",
            unit="MB",
            pairs=await alone(ours, rounds=setting.pick(7, 1), bound=MOST_MB),
            target=Target(sign="<=", bound=1),
            note=f"{about}; the peak of the child, with what it shares with its fork server",
        )
        yield Row(
            what="the same",
            peer="av.open, no limits",
            unit="MB",
            pairs=await in_turns(ours, theirs, rounds=setting.pick(3, 1)),
            target=Target(sign="<=", bound=0.1),
            note="opened only, in a fresh process: FFmpeg decodes the first picture to look at it",
        )


async def _peak(path: Path) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _THEIRS, str(path), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    scale = 1024 if sys.platform == "linux" else 1
    return int(said) * scale / 10**6


def _bomb(side: int) -> bytes:
    packer = zlib.compressobj(9)
    row = bytes(1 + side * 3)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    size = side.to_bytes(4, "big")
    header = size + size + b"\x08\x02\0\0\0"
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    whole = name + data
    return len(data).to_bytes(4, "big") + whole + zlib.crc32(whole).to_bytes(4, "big")


BOMBS = Benchmark(name="bombs", measure=measure)
