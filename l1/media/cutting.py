"""Writes a part of a video, from one picture to another, with the sound of that time."""

from collections.abc import Callable
from pathlib import Path

from l1.media.encoding import write_video
from l1.media.joining import cut
from l1.media.mapping import counted
from l1.media.reel import open_reel


def write_part(
    output: Path,
    source: Path,
    *,
    first: int,
    stop: int,
    has_sound: bool,
    progress: Callable[[int, int], None],
) -> None:
    """Write the pictures from number `first` to before number `stop`."""
    with open_reel(source) as reel:
        pictures = (reel.at(number) for number in range(first, stop))
        start, end = first / reel.rate, stop / reel.rate
        write_video(
            output,
            counted(pictures, total=stop - first, progress=progress),
            rate=reel.rate,
            aspect=reel.aspect,
            track=cut(source, start=start, stop=end) if has_sound else None,
        )
