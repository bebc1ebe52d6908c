"""Changing two seconds of a video of ten minutes, against rendering all of it again."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from bench.benchmark import Benchmark, Row, Setting, Target
from l1.cli.sample import VIDEO, sample
from l1.content.media_info import MediaInfo
from l1.errors import Unavailable
from l1.settings import from_environment
from l1.workers.children import Children, Task, TaskSource
from l1.workers.task import Outline, Piece, TaskLook

_MINUTES = 10


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure processor time of children: the outline, the pieces that have to be made, the join."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise Unavailable("the video is made by the ffmpeg command: apt-get install ffmpeg")
    clip = setting.home / "long.mp4"
    source = sample(VIDEO, from_environment(os.environ).home / "samples")
    seconds = setting.pick(_MINUTES * 60, 20)
    command = ["-stream_loop", "-1", "-i", str(source), "-t", str(seconds), "-vf", "scale=640:360"]
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-ac", "2"]
    process = await asyncio.create_subprocess_exec(
        ffmpeg, "-y", "-nostdin", "-loglevel", "error", *command, *encode, str(clip)
    )
    assert await process.wait() == 0
    async with Children() as children:
        rendering = _Rendering(children, setting.home, clip)
        await rendering.open()
        all_of_it = await rendering.render("The first")
        changed = await rendering.render("Another")
        yield Row(
            what=f"a text of 2 s changed in {seconds // 60 or 1} min of 360p",
            peer="all rendered again",
            unit="CPU s",
            pairs=((changed[0], all_of_it[0]),),
            target=Target(sign="<=", bound=0.03),
            note=f"{changed[1]} of {all_of_it[1]} segments are made again; one measurement",
        )


class _Rendering:
    """Renders a clip under a text, and makes only what it has not made before."""

    def __init__(self, children: Children, home: Path, clip: Path) -> None:
        self._children, self._home, self._clip, self._number = children, home, clip, 0
        self._pieces: dict[str, Path] = {}
        self._info: MediaInfo | None = None

    async def open(self) -> None:
        task = Task(kind="analyse", name="probe", sources=(TaskSource(path=str(self._clip)),))
        self._info = msgspec.convert((await self._children.run(task)).value, MediaInfo)

    async def render(self, text: str) -> tuple[float, int]:
        """Render it; answer the processor time in seconds and how many segments were made."""
        said = {"text": text, "start": "10", "end": "12"}
        source = TaskSource(path=str(self._clip), info=self._info, cid="clip")
        task = Task(
            kind="render",
            name="vignette",
            sources=(source,),
            looks=(TaskLook(name="text", params=said),),
            split_over=1,
        )
        outlined = await self._children.run(self._placed(task))
        outline = msgspec.convert(outlined.value["outline"], Outline)
        numbers = tuple(n for n, key in enumerate(outline.segments) if key not in self._pieces)
        making = self._placed(msgspec.structs.replace(task, kind="segments", numbers=numbers))
        folder = Path(making.output).parent

        def keep(piece: Piece) -> None:
            self._pieces[outline.segments[piece.number]] = folder / piece.data

        made = await self._children.run(making, on_piece=keep)
        pieces = tuple(str(self._pieces[key]) for key in outline.segments)
        joined = await self._children.run(
            self._placed(msgspec.structs.replace(task, kind="join", pieces=pieces))
        )
        spent = outlined.cpu_ms + made.cpu_ms + joined.cpu_ms
        return spent / 1000, len(numbers)

    def _placed(self, task: Task) -> Task:
        self._number += 1
        folder = self._home / f"ours-{self._number}"
        folder.mkdir()
        return msgspec.structs.replace(task, output=str(folder / "output.mp4"))


EDIT = Benchmark(name="edit", measure=measure)
