"""Brings pictures to another size, so that every machine gives the same bytes.

Each plane is scaled by itself as 8 bits of grey, with the one set of flags under which swscale is
exact: an even surface stays exactly what it was, and no conversion of colours comes between.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from l1.errors import Refused
from l1.media.colours import BLACK, Colour
from l1.media.limits import MAX_PIXELS
from l1.media.pictures import EXACT, Picture, Plane

Size = tuple[int, int]
"""Width and height."""

_STEEPEST = 4000
"""By how much swscale enlarges at most."""

Mode = Literal["fit", "fill", "stretch", "pad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a picture comes into a frame.

    Its middle part of size `crop` is scaled to `scaled`, and that laid in the middle of `canvas`.
    """

    crop: Size
    scaled: Size
    canvas: Size


def lay_out(
    size: Size,
    aspect: Fraction,
    *,
    width: int | None,
    height: int | None,
    mode: Mode,
    step: int = 1,
) -> Layout:
    """Place a picture of `size`, whose pixels are `aspect` times as wide as high, into a box.

    The result has square pixels. `fit` is as large as the box allows with the picture's
    proportions; `pad` is that with the box filled up; `fill` covers the box and cuts off what is
    outside; `stretch` takes the box as it is. One side left out follows from the proportions.
    Sizes are made multiples of `step`: those of the box upwards, others to the nearest.

    Raises `Refused` when the result would have more pixels than are let in.
    """
    shape = size[0] * aspect / size[1]
    if width is None or height is None:
        box = _followed(width, height, shape, size, step)
        crop, scaled, canvas = size, box, box
    else:
        canvas = (width + -width % step, height + -height % step)
        crop = _covering(size, aspect, canvas) if mode == "fill" else size
        scaled = _within(canvas, shape, step) if mode in {"fit", "pad"} else canvas
        canvas = scaled if mode == "fit" else canvas
    if canvas[0] * canvas[1] > MAX_PIXELS:
        raise Refused(
            f"The result would be {canvas[0]}x{canvas[1]} pixels, more than the {MAX_PIXELS} "
            "allowed (8K); ask for less"
        )
    return Layout(crop=crop, scaled=scaled, canvas=canvas)


def _followed(
    width: int | None, height: int | None, shape: Fraction, size: Size, step: int
) -> Size:
    if width is not None:
        width += -width % step
        return width, _near(width / shape, step)
    height = size[1] if height is None else height
    height += -height % step
    return _near(height * shape, step), height


def _within(box: Size, shape: Fraction, step: int) -> Size:
    if box[0] <= box[1] * shape:
        return box[0], min(box[1], _near(box[0] / shape, step))
    return min(box[0], _near(box[1] * shape, step)), box[1]


def _covering(size: Size, aspect: Fraction, box: Size) -> Size:
    wanted = Fraction(*box) / aspect
    if size[0] > size[1] * wanted:
        return max(1, round(size[1] * wanted)), size[1]
    return size[0], max(1, round(size[0] / wanted))


def _near(length: Fraction, step: int) -> int:
    return max(1, round(length / step)) * step


class Resizer:
    """Puts pictures of one size into frames as a layout says, over a colour where they end.

    A layout that changes nothing gives the very pictures back. Transparency stays; a colour that
    does not cover fully makes the frame transparent around the picture.
    """

    def __init__(self, layout: Layout, ground: Colour = BLACK) -> None:
        self._layout, self._ground = layout, ground
        self._scaler = VideoReformatter()

    def __call__(self, picture: Picture) -> Picture:
        """Resize one picture."""
        cut = picture.each(lambda plane: _middle(plane, self._layout.crop))
        return self._framed(self._scaled(cut))

    def _scaled(self, picture: Picture) -> Picture:
        if (picture.width, picture.height) == self._layout.scaled:
            return picture
        if picture.alpha is not None:
            return self._scaled_visibly(picture, picture.alpha)
        return picture.each(lambda plane: self._scale(plane, "gray"))

    def _scaled_visibly(self, picture: Picture, alpha: Plane) -> Picture:
        """Scale colours by what is seen of them, so that no hidden colour comes to light.

        Half of 16 bits is used, so that both may overshoot at edges and keep their proportion.
        """
        wide = alpha.astype(np.uint16)
        cover = self._scale(wide * np.uint16(128), "gray16le").astype(np.uint32)

        def seen(plane: Plane) -> Plane:
            light = self._scale(plane * wide // np.uint16(2), "gray16le").astype(np.uint32)
            byte: NDArray[np.uint32] = (light * np.uint32(256) + cover // 2) // np.maximum(cover, 1)
            return np.minimum(byte, 255).astype(np.uint8)

        return Picture(
            red=seen(picture.red),
            green=seen(picture.green),
            blue=seen(picture.blue),
            alpha=np.minimum((cover + 64) // 128, 255).astype(np.uint8),
        )

    def _scale(self, plane: NDArray[Any], form: str) -> NDArray[Any]:
        """Scale one plane; swscale wants no axis shrunk while the other grows, if by much."""
        width, height = self._layout.scaled
        down, across = plane.shape
        if (width < across) != (height < down):
            plane = self._step(plane, (min(width, across), min(height, down)), form)
        return self._step(plane, (width, height), form)

    def _step(self, plane: NDArray[Any], size: Size, form: str) -> NDArray[Any]:
        for axis, length in enumerate(size[::-1]):
            if length > _STEEPEST * plane.shape[axis]:
                plane = plane.repeat(8, axis)
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(plane), form)
        scaled = self._scaler.reformat(
            frame, width=size[0], height=size[1], format=form, interpolation=EXACT, threads=1
        )
        return np.asarray(scaled.to_ndarray())

    def _framed(self, picture: Picture) -> Picture:
        width, height = self._layout.canvas
        if (picture.width, picture.height) == (width, height):
            return picture
        # Even places keep the picture's edge from sharing a chroma sample with the ground.
        left = (width - picture.width) // 4 * 2
        top = (height - picture.height) // 4 * 2
        inside = np.s_[top : top + picture.height, left : left + picture.width]

        def laid(plane: Plane | None, byte: int) -> Plane:
            canvas = np.full((height, width), byte, np.uint8)
            canvas[inside] = 255 if plane is None else plane
            return canvas

        clear = picture.alpha is not None or self._ground.alpha < 255
        return Picture(
            red=laid(picture.red, self._ground.red),
            green=laid(picture.green, self._ground.green),
            blue=laid(picture.blue, self._ground.blue),
            alpha=laid(picture.alpha, self._ground.alpha) if clear else None,
        )


def _middle(plane: Plane, size: Size) -> Plane:
    left, top = (plane.shape[1] - size[0]) // 2, (plane.shape[0] - size[1]) // 2
    middle: Plane = plane[top : top + size[1], left : left + size[0]]
    return middle
