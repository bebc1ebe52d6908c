"""Writes a video that is drawn from a sound, and has it."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from l1.media.encoding import write_video
from l1.media.listening import time_zero
from l1.media.mapping import counted
from l1.media.pictures import Picture
from l1.media.samples import Samples
from l1.media.sound_windows import frames_for, windows

Draw = Callable[[Iterable[Samples]], Iterator[Picture]]
"""Makes a picture of each window of sound, in order."""


def write_sound_video(
    output: Path,
    sound: Path,
    draw: Draw,
    *,
    rate: Fraction,
    length: int,
    progress: Callable[[int, int], None],
) -> None:
    """Draw `rate` pictures a second, each of the `length` samples around its moment.

    The video is as long as the sound. Raises `Refused` for a file without sound.
    """
    frames = frames_for(sound, rate)
    pictures = draw(windows(sound, rate=rate, length=length, frames=frames))
    write_video(
        output,
        counted(pictures, total=frames, progress=progress),
        rate=rate,
        sound=sound,
        sound_start=time_zero(sound),
    )
