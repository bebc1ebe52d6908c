"""Makes each picture from the pictures of several files at that moment.

The result has the size of the first file. Its length, rate and sound are those of the first video;
images alone make a PNG, of the first picture of each. Beside a video an animated image plays.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.media.film import Film, Needs
from l1.media.pictures import Picture
from l1.media.resizing import Resizer, lay_out
from l1.media.shots import Shot, shot_of
from l1.media.soundtracks import of_file
from l1.media.stills import png, read_still
from l1.media.together import Companion, Fit

Files = Sequence[tuple[Path, MediaInfo, str]]
"""Files, what the probe found in them, and the names of their bytes."""

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
    appears and `end` that before which it is gone, and `stays` says whether its last picture is
    there after its end. `needs` tells what its place in the stack is made from.
    """

    fit: Fit
    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    stays: bool = True
    needs: Needs = ""


Mix = Callable[[Sequence[Picture | None], int], Picture]
"""Makes a picture from those of all files, None where one is not there, and its number."""

Arrange = Callable[[Plate, Sequence[Shot]], tuple[Sequence[Entry], Mix]]
"""Says how files come in, one entry for each, and how they are mixed."""

MixNeeds = Callable[[range, Fraction], Needs]
"""Tells what the mixing of some pictures, at a rate, depends on besides what is mixed."""


@contextmanager
def film_of_stack(
    files: Files, arrange: Arrange, *, name: str, needs: MixNeeds
) -> Iterator[Film | None]:
    """Show what `arrange` makes of videos and images, over black; None where there is no video.

    Raises `Refused`, in the name of the effect `name`, when something else is among them.
    """
    kinds = [info.kind for _, info, _ in files]
    for number, kind in enumerate(kinds, 1):
        if kind not in {"video", "image"}:
            raise Refused(f"{name} takes videos and images, and input {number} is {kind}")
    if "video" not in kinds:
        yield None
        return
    shots = [shot_of(path, info, still=_ONE, name=name) for path, info, name in files]
    lead = shots[kinds.index("video")]
    plate = _plate(shots[0], lead)
    entries, mix = arrange(plate, shots)
    stack = _Stack(plate, shots, entries, mix, needs)
    try:
        yield Film(
            rate=plate.rate,
            frames=plate.frames,
            part=lambda first, stop: map(stack.at, range(first, stop)),
            needs=stack.needs,
            aspect=plate.aspect,
            sound=of_file(lead.path, lead.name),
        )
    finally:
        stack.close()


def write_stacked_stills(files: Files, output: Path, arrange: Arrange) -> None:
    """Write what `arrange` makes of the first pictures of images, as PNG."""
    output.write_bytes(png(_still([path for path, _, _ in files], arrange)))


def as_it_is(plate: Plate) -> Fit:
    """Make what is done to pictures of the first file: in a video their sides are made even."""
    size = (plate.width, plate.height)
    return lambda picture: picture if (picture.width, picture.height) == size else picture.even()


def filling(shot: Shot, plate: Plate) -> Resizer:
    """Make what brings a shot's pictures over all of the plate, centred, cut off outside."""
    aspect = shot.aspect / plate.aspect
    return Resizer(lay_out(shot.size, aspect, width=plate.width, height=plate.height, mode="fill"))


class _Stack:
    """Files that are open together, mixed at any moment."""

    def __init__(
        self,
        plate: Plate,
        shots: Sequence[Shot],
        entries: Sequence[Entry],
        mix: Mix,
        mix_needs: MixNeeds,
    ) -> None:
        self._plate, self._mix, self._mix_needs = plate, mix, mix_needs
        self._company = [
            Companion(
                shot,
                rate=plate.rate,
                fit=entry.fit,
                begin=entry.begin,
                end=entry.end,
                stays=entry.stays,
            )
            for shot, entry in zip(shots, entries, strict=True)
        ]
        self._named = [
            {"of": shot.name, "placed": entry.needs}
            for shot, entry in zip(shots, entries, strict=True)
        ]

    def at(self, number: int) -> Picture:
        return self._mix([one.at(number) for one in self._company], number).over()

    def needs(self, first: int, stop: int) -> Needs:
        """Name the files that are seen, and what of them; what is not there is left out.

        Where mixing depends on more than the entries, each is told with its place among all: what
        follows a curve is said of the input at an index.
        """
        plate, numbers = self._plate, range(first, stop)
        seen = [[one.number(number) for number in numbers] for one in self._company]
        gone = -1  # canonical JSON has no nothing
        mix = self._mix_needs(numbers, plate.rate)
        return {
            "plate": [plate.width, plate.height, str(plate.aspect)],
            "seen": [
                {
                    **named,
                    "shown": [gone if number is None else number for number in shown],
                    **({"index": index} if mix else {}),
                }
                for index, (named, shown) in enumerate(zip(self._named, seen, strict=True))
                if any(number is not None for number in shown)
            ],
            "mix": mix,
        }

    def close(self) -> None:
        for one in self._company:
            one.close()


def _plate(base: Shot, lead: Shot) -> Plate:
    width, height = base.size
    return Plate(
        width=width + width % 2,
        height=height + height % 2,
        aspect=base.aspect,
        rate=lead.rate,
        frames=lead.frames,
    )


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
