"""Three effects on 720p video, against the ffmpeg command line with the same preset and quality.

Ours runs in sandboxed children as workers run it, without the database. The peer's `hue`, `gblur`
and `vignette` do what COLOR, BLUR and VIGNETTE do, on compressed colours instead of light.
"""

import asyncio
import os
import resource
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from bench.benchmark import Benchmark, Row, Setting, Target, in_turns
from l1.cli.sample import VIDEO, sample
from l1.content.media_info import MediaInfo
from l1.errors import Unavailable
from l1.settings import from_environment
from l1.workers.children import Children, Task, TaskSource
from l1.workers.task import Outline, Piece, TaskLook

_AGAIN = 3
"""The clip is 5.3 seconds long, and is shown once more so many times."""
_ENCODE = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]
_FILTERS = ("hue=h=40", "gblur=sigma=2", "vignette")


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure processor time in one go and in parts, and the time that two workers take."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise Unavailable("the peer is the ffmpeg command: apt-get install ffmpeg")

    async def run(command: Sequence[str]) -> tuple[float, float]:
        return await _ffmpeg(ffmpeg, command)

    clip = setting.home / "clip.mp4"
    source = sample(VIDEO, from_environment(os.environ).home / "samples")
    looped = ["-stream_loop", str(setting.pick(_AGAIN, 0)), "-i", str(source)]
    await run([*looped, *_ENCODE, "-c:a", "aac", str(clip)])
    out = setting.home / "peer.mp4"
    once = ["-i", str(clip), "-vf", ",".join(_FILTERS), *_ENCODE, "-c:a", "copy", str(out)]
    rounds = setting.pick(5, 1)
    async with Children() as children:
        ours = _Ours(children, setting.home, clip, await _probed(children, clip))
        what = f"three effects, {ours.seconds:.0f} s of 720p"

        async def once_cpu() -> float:
            return (await run(once))[0]

        async def once_wall() -> float:
            return (await run(once))[1]

        async def steps_cpu() -> float:
            return sum([(await run(step))[0] for step in _steps(clip, setting.home)])

        yield Row(
            what=f"{what}, in one go",
            peer="ffmpeg, one pass",
            unit="CPU s",
            pairs=await in_turns(ours.whole, once_cpu, rounds=rounds),
            target=Target(sign="<=", bound=1.0),
            note="ours in exact RGB with blur in linear light; the peer's in 8-bit YUV",
        )
        yield Row(
            what="the same, in parts and joined",
            peer="ffmpeg, one pass",
            unit="CPU s",
            pairs=await in_turns(ours.parts_cpu, once_cpu, rounds=rounds),
            target=Target(sign="<=", bound=1.1),
        )
        yield Row(
            what="the same, two workers",
            peer="ffmpeg, one pass",
            unit="s",
            pairs=await in_turns(ours.parts_wall, once_wall, rounds=rounds),
            target=Target(sign="<=", bound=0.9),
            note="the peer uses all processors too",
        )
        yield Row(
            what="the same, in one go",
            peer="ffmpeg, step by step",
            unit="CPU s",
            pairs=await in_turns(ours.whole, steps_cpu, rounds=setting.pick(3, 1)),
            target=Target(sign="<=", bound=0.45),
        )


async def _ffmpeg(program: str, command: Sequence[str]) -> tuple[float, float]:
    """Run it; answer its processor time and how long it took, in seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        program, "-y", "-nostdin", "-loglevel", "error", *command
    )
    assert await process.wait() == 0
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, end - start


def _steps(clip: Path, folder: Path) -> list[list[str]]:
    """Write three commands, each with its own file, as graphs without fusion do."""
    files = [clip, *(folder / f"step-{number}.mp4" for number in range(len(_FILTERS)))]
    return [
        ["-i", str(before), "-vf", effect, *_ENCODE, "-c:a", "copy", str(after)]
        for before, after, effect in zip(files, files[1:], _FILTERS, strict=False)
    ]


async def _probed(children: Children, clip: Path) -> MediaInfo:
    task = Task(kind="analyse", name="probe", sources=(TaskSource(path=str(clip)),))
    return msgspec.convert((await children.run(task)).value, MediaInfo)


class _Ours:
    """Renders the chain in children, whole or in parts."""

    def __init__(self, children: Children, home: Path, clip: Path, info: MediaInfo) -> None:
        self._children, self._home, self._number = children, home, 0
        self.seconds = info.duration_us / 1_000_000
        self._task = Task(
            kind="render",
            name="color",
            params={"hue": "40"},
            sources=(TaskSource(path=str(clip), info=info, cid="clip"),),
            looks=(
                TaskLook(name="blur", params={"radius": str(Decimal(2))}),
                TaskLook(name="vignette"),
            ),
        )

    async def whole(self) -> float:
        done = await self._children.run(self._in_a_folder(self._task))
        return done.cpu_ms / 1000

    async def parts_cpu(self) -> float:
        return (await self._parts())[0]

    async def parts_wall(self) -> float:
        return (await self._parts())[1]

    async def _parts(self) -> tuple[float, float]:
        """Outline it, have two children at a time make its parts, and join them."""
        start = time.perf_counter()
        outlined = await self._children.run(
            self._in_a_folder(msgspec.structs.replace(self._task, split_over=1))
        )
        outline = msgspec.convert(outlined.value["outline"], Outline)
        count = len(outline.segments)
        pieces: dict[int, Path] = {}
        two = asyncio.Semaphore(2)
        length = max(2, -(-count // 8))
        spent = await asyncio.gather(
            *(
                self._part(tuple(range(n, min(n + length, count))), pieces, two)
                for n in range(0, count, length)
            )
        )
        joined = await self._children.run(
            self._in_a_folder(
                msgspec.structs.replace(
                    self._task, kind="join", pieces=tuple(str(pieces[n]) for n in range(count))
                )
            )
        )
        cpu = outlined.cpu_ms / 1000 + sum(spent) + joined.cpu_ms / 1000
        return cpu, time.perf_counter() - start

    async def _part(
        self, numbers: tuple[int, ...], pieces: dict[int, Path], two: asyncio.Semaphore
    ) -> float:
        async with two:
            task = self._in_a_folder(
                msgspec.structs.replace(self._task, kind="segments", numbers=numbers)
            )
            folder = Path(task.output).parent

            def keep(piece: Piece) -> None:
                pieces[piece.number] = folder / piece.data

            done = await self._children.run(task, on_piece=keep)
            return done.cpu_ms / 1000

    def _in_a_folder(self, task: Task) -> Task:
        self._number += 1
        folder = self._home / f"ours-{self._number}"
        folder.mkdir()
        return msgspec.structs.replace(task, output=str(folder / "output.mp4"))


CHAIN = Benchmark(name="chain", measure=measure)
