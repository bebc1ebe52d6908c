"""Effects that are shown one picture after the other."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from l1.effects.foreign.loading import Loaded
from l1.errors import Refused
from l1.media.lengths import frames_of
from l1.media.mapping import map_still, map_video
from l1.media.pictures import Picture

if TYPE_CHECKING:
    from l1.effects.effect import Job


def run_over_frames(job: "Job", loaded: Loaded) -> None:
    """Show a video or an image to `process_frame`, picture by picture; a video's sound is kept."""
    source = job.sources[0]
    show = _Shown(loaded)
    match source.info.kind:
        case "video":
            total = frames_of(source.info)
            map_video(source.path, job.output, show, total=total, progress=job.progress)
        case "image":
            job.note_if_animated()
            map_still(source.path, job.output, show)
            job.progress(1, 1)
        case kind:
            message = f"the effect '{loaded.name}' takes a video or an image; this is {kind}"
            raise Refused(message, code="bad_inputs")


class _Shown:
    """Shows pictures to an effect, and keeps what it wants to remember until the next."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._state: Any = None
        self._number = 0

    def __call__(self, picture: Picture) -> Picture:
        """Show the next picture."""
        frame = array_of(picture)
        shape = frame.shape  # an array's shape can be set
        answer = self._loaded.call(frame, dict(self._loaded.params), self._state)
        if isinstance(answer, tuple) and len(answer) == 2:
            answer, self._state = answer
        made = picture_of(answer, name=self._loaded.name, number=self._number, like=shape)
        self._number += 1
        return replace(made, alpha=picture.alpha)


def array_of(picture: Picture) -> NDArray[np.uint8]:
    """Copy a picture into an array of height x width x 3: red, green, blue."""
    return np.stack((picture.red, picture.green, picture.blue), axis=-1)


def picture_of(
    made: object, *, name: str, number: int, like: tuple[int, ...] | None = None
) -> Picture:
    """Copy what an effect made into a picture; `Refused` for anything but such an array.

    `like` is the shape it must have.
    """
    if isinstance(made, np.ndarray):
        right = made.dtype == np.uint8 and made.ndim == 3 and made.shape[2] == 3 and made.size > 0
        if right and like in (None, made.shape):
            red, green, blue = (np.array(made[..., plane]) for plane in range(3))
            return Picture(red=red, green=green, blue=blue)
        given = f"an array of {' x '.join(map(str, made.shape))} {made.dtype}"
    else:
        given = type(made).__name__
    wanted = " x ".join(map(str, like)) if like else "height x width x 3"
    message = f"the effect '{name}' gave {given} for picture {number}; wanted: {wanted} uint8"
    raise Refused(message, code="effect_failed", picture=number)
