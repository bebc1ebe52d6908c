"""Changes every picture of a file by a function, and keeps the rest as it was."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from l1.media.decoding import open_clip
from l1.media.encoding import write_video
from l1.media.pictures import Picture
from l1.media.stills import png, read_still

Change = Callable[[Picture], Picture]


def map_video(
    source: Path, output: Path, change: Change, *, total: int, progress: Callable[[int, int], None]
) -> int:
    """Write `source` with every picture changed as MP4, its sound kept; return the frame count.

    `progress(done, total)` is called for each frame.
    """
    with open_clip(source) as clip:
        return write_video(
            output,
            counted(map(change, clip.pictures), total=total, progress=progress),
            rate=clip.rate,
            aspect=clip.aspect,
            sound=source,
            sound_start=clip.start,
        )


def counted(
    pictures: Iterable[Picture], *, total: int, progress: Callable[[int, int], None]
) -> Iterator[Picture]:
    """Hand pictures on, calling `progress(done, total)` after each has been used."""
    for done, picture in enumerate(pictures, 1):
        yield picture
        progress(done, max(done, total))


def map_still(source: Path, output: Path, change: Change) -> None:
    """Write the first picture of `source`, changed, as PNG."""
    output.write_bytes(png(change(read_still(source))))
