"""Makes each picture from the pictures of several files at that moment.

The result has the size of the first file. Its length, rate and sound are those of the first video;
images alone make a PNG, of the first picture of each. Beside a video an animated image plays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.media.encoding import write_video
from l1.media.listening import time_zero
from l1.media.mapping import counted
from l1.media.pictures import Picture
from l1.media.resizing import Resizer, lay_out
from l1.media.shots import Shot, shot_of
from l1.media.stills import png, read_still
from l1.media.together import Fit, in_step

Files = Sequence[tuple[Path, MediaInfo]]

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """The frame that all files are brought into, and how long it is shown.

    `aspect` is the width of a pixel over its height. Stills make one frame at a rate of 1.
    """

    width: int
    height: int
    aspect: Fraction
    rate: Fraction
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How one file comes into a stack.

    `fit` changes its pictures before they meet the others, `begin` is the second at which it
    appears, and `stays` says whether its last picture is there after its end.
    """

    fit: Fit
    begin: Fraction = Fraction(0)
    stays: bool = True


Mix = Callable[[Sequence[Picture | None], int], Picture]
"""Makes a picture from those of all files, None where one is not there, and its number."""

Arrange = Callable[[Plate, Sequence[Shot]], tuple[Sequence[Entry], Mix]]
"""Says how files come in, one entry for each, and how they are mixed."""


def write_stack(
    files: Files,
    output: Path,
    arrange: Arrange,
    *,
    name: str,
    progress: Callable[[int, int], None],
) -> None:
    """Write what `arrange` makes of videos and images; in a video black is behind everything.

    Raises `Refused`, in the name of the effect `name`, when something else is among them.
    """
    kinds = [info.kind for _, info in files]
    for number, kind in enumerate(kinds, 1):
        if kind not in {"video", "image"}:
            raise Refused(f"{name} takes videos and images, and input {number} is {kind}")
    if "video" in kinds:
        _write_video(files, output, arrange, kinds.index("video"), progress)
    else:
        output.write_bytes(png(_still([path for path, _ in files], arrange)))
        progress(1, 1)


def as_it_is(plate: Plate) -> Fit:
    """Make what is done to pictures of the first file: in a video their sides are made even."""
    size = (plate.width, plate.height)
    return lambda picture: picture if (picture.width, picture.height) == size else picture.even()


def filling(shot: Shot, plate: Plate) -> Resizer:
    """Make what brings a shot's pictures over all of the plate, centred, cut off outside."""
    aspect = shot.aspect / plate.aspect
    return Resizer(lay_out(shot.size, aspect, width=plate.width, height=plate.height, mode="fill"))


def _write_video(
    files: Files,
    output: Path,
    arrange: Arrange,
    leader: int,
    progress: Callable[[int, int], None],
) -> None:
    shots = [shot_of(path, info, still=_ONE) for path, info in files]
    lead, (width, height) = shots[leader], shots[0].size
    plate = Plate(
        width=width + width % 2,
        height=height + height % 2,
        aspect=shots[0].aspect,
        rate=lead.rate,
        frames=lead.frames,
    )
    pictures = islice(_mixed(shots, plate, arrange), plate.frames)
    write_video(
        output,
        counted(pictures, total=plate.frames, progress=progress),
        rate=plate.rate,
        aspect=plate.aspect,
        sound=lead.path,
        sound_start=time_zero(lead.path),
    )


def _mixed(shots: Sequence[Shot], plate: Plate, arrange: Arrange) -> Iterator[Picture]:
    entries, mix = arrange(plate, shots)
    shown = [
        in_step(shot, rate=plate.rate, fit=entry.fit, begin=entry.begin, stays=entry.stays)
        for shot, entry in zip(shots, entries, strict=True)
    ]
    for number, pictures in enumerate(zip(*shown, strict=True)):
        yield mix(pictures, number).over()


def _still(paths: Sequence[Path], arrange: Arrange) -> Picture:
    """Mix first pictures; of what comes in later than at once there is none."""
    stills = [read_still(path) for path in paths]
    shots = [
        Shot(
            path=path,
            size=(still.width, still.height),
            aspect=_ONE,
            rate=Fraction(0),
            frames=1,
            seconds=_ONE,
        )
        for path, still in zip(paths, stills, strict=True)
    ]
    width, height = shots[0].size
    plate = Plate(width=width, height=height, aspect=_ONE, rate=_ONE, frames=1)
    entries, mix = arrange(plate, shots)
    met = zip(stills, entries, strict=True)
    return mix([None if entry.begin else entry.fit(still) for still, entry in met], 0)
