"""Effects that are handed files and write one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from l1.effects.foreign.frames import array_of, picture_of
from l1.effects.foreign.loading import Loaded
from l1.media.decoding import open_clip
from l1.media.encoding import write_video
from l1.media.mapping import counted

if TYPE_CHECKING:
    from l1.effects.effect import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What `process` may use besides its files.

    `seed` is the same for equal files and parameters, and `rng` a generator that begins from it.
    `bindings` are for parameters that follow sound; there are none yet.
    """

    seed: int
    rng: np.random.Generator
    job: "Job"
    name: str
    bindings: Mapping[str, Any] = field(default_factory=dict)

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; who tells nothing for long is ended."""
        self.job.progress(int(done), int(total))

    def note(self, text: str) -> None:
        """Write a line to the step's log."""
        self.job.note(str(text))

    def rate(self, path: Path) -> Fraction:
        """Answer how many pictures a second a video has."""
        with open_clip(Path(path)) as clip:
            return clip.rate

    def frames(self, path: Path) -> Iterator[NDArray[np.uint8]]:
        """Give the pictures of a video as arrays of height x width x 3."""
        with open_clip(Path(path)) as clip:
            yield from (array_of(picture) for picture in clip.pictures)

    def write_video(
        self, frames: Iterable[object], rate: Fraction | float, sound: Path | None = None
    ) -> None:
        """Write such arrays, all of one size, as the output, with the sound of a file if named."""
        pictures = (
            picture_of(frame, name=self.name, number=number) for number, frame in enumerate(frames)
        )
        write_video(
            self.job.output,
            counted(pictures, total=0, progress=self.job.progress),
            rate=Fraction(rate).limit_denominator(1001),
            sound=None if sound is None else Path(sound),
        )


def run_over_files(job: "Job", loaded: Loaded) -> None:
    """Hand the inputs to `process`."""
    context = Context(
        seed=loaded.seed, rng=np.random.default_rng(loaded.seed), job=job, name=loaded.name
    )
    inputs = [source.path for source in job.sources[:-1]]
    loaded.call(inputs, job.output, dict(loaded.params), context)
