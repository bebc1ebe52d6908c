"""A picture as planes of bytes, and the ways from and to FFmpeg's frames."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from l1.media.colours import BLACK, Colour

Plane = NDArray[np.uint8]

EXACT = int(
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.BITEXACT
)
"""Scaler flags under which every SIMD level gives the same bytes."""

_UNSPECIFIED = 2
_HD = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: full-range sRGB planes of equal shape (height, width), and perhaps alpha."""

    red: Plane
    green: Plane
    blue: Plane
    alpha: Plane | None = None

    @property
    def width(self) -> int:
        """Count the columns."""
        return int(self.red.shape[1])

    @property
    def height(self) -> int:
        """Count the rows."""
        return int(self.red.shape[0])

    def each(self, change: Callable[[Plane], Plane]) -> "Picture":
        """Apply `change` to every plane."""
        return Picture(
            red=change(self.red),
            green=change(self.green),
            blue=change(self.blue),
            alpha=None if self.alpha is None else change(self.alpha),
        )

    def over(self, ground: Colour = BLACK) -> "Picture":
        """Lay the picture over a colour, taken to cover fully, so that nothing is transparent."""
        if self.alpha is None:
            return self
        cover = self.alpha.astype(np.uint16)
        rest = np.uint16(255) - cover
        red, green, blue = (
            ((plane * cover + rest * np.uint16(byte) + np.uint16(127)) // np.uint16(255)).astype(
                np.uint8
            )
            for plane, byte in zip((self.red, self.green, self.blue), ground, strict=False)
        )
        return Picture(red=red, green=green, blue=blue)

    def turned(self, clockwise: int) -> "Picture":
        """Turn by a multiple of 90 degrees; other angles are left as they are."""
        if clockwise % 90 or not clockwise % 360:
            return self
        return self.each(lambda plane: np.ascontiguousarray(np.rot90(plane, -clockwise // 90)))

    def even(self) -> "Picture":
        """Repeat the last row and column where needed to make width and height even."""
        right, below = self.width % 2, self.height % 2
        if not right and not below:
            return self
        return self.each(lambda plane: np.pad(plane, ((0, below), (0, right)), mode="edge"))


def from_frame(frame: VideoFrame, *, size: tuple[int, int] | None = None) -> Picture:
    """Convert any decoded frame to 8-bit planes, scaled to `size` (width, height) if given."""
    has_alpha = any(part.is_alpha for part in frame.format.components) or frame.format.has_palette
    width, height = size or (frame.width, frame.height)
    flat = frame.reformat(
        width=width,
        height=height,
        format="gbrap" if has_alpha else "gbrp",
        src_colorspace=_colorspace(frame),
        interpolation=EXACT,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )
    green, blue, red, *alpha = (_plane(flat, index) for index in range(len(flat.planes)))
    return Picture(red=red, green=green, blue=blue, alpha=alpha[0] if alpha else None)


def to_frame(picture: Picture) -> VideoFrame:
    """Make an RGB frame (format gbrp, or gbrap with alpha) of a picture."""
    planes = [picture.green, picture.blue, picture.red]
    if picture.alpha is not None:
        planes.append(picture.alpha)
    frame = VideoFrame(picture.width, picture.height, "gbrp" if len(planes) == 3 else "gbrap")
    for index, plane in enumerate(planes):
        _plane(frame, index)[:] = plane
    return frame


def to_video_frame(picture: Picture) -> VideoFrame:
    """Make a frame that is ready to encode: yuv420p, BT.709, limited range."""
    return to_frame(picture).reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=EXACT,
        threads=1,
    )


def _plane(frame: VideoFrame, index: int) -> Plane:
    """View a plane's bytes without copying; the view keeps them alive."""
    plane = frame.planes[index]
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]


def _colorspace(frame: VideoFrame) -> int | None:
    """Take HD as BT.709 and smaller video as BT.601 where the stream does not say, as players do."""
    if frame.colorspace != _UNSPECIFIED or frame.format.is_rgb:
        return None
    return int(Colorspace.ITU709 if frame.height >= _HD else Colorspace.ITU601)
