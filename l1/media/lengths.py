"""How long content is, counted in what can be shown and heard of it."""

from fractions import Fraction

from l1.content.media_info import MediaInfo

_MILLION = 1_000_000


def rate_of(info: MediaInfo) -> Fraction:
    """Give the constant rate at which a video or an animated image is rendered; 0 for others."""
    return Fraction(info.video.rate_num, info.video.rate_den) if info.video else Fraction(0)


def frames_of(info: MediaInfo) -> int:
    """Count the pictures of a video at its constant rate; a still has one.

    Where the number of frames and the length differ by one, some container has left out a frame's
    duration, and the frames are right. Otherwise frames last differently, and the length is.
    """
    if info.video is None:
        return 0
    lasting = round(Fraction(info.duration_us, _MILLION) * rate_of(info))
    if not lasting or abs(info.video.frames - lasting) <= 1:
        return max(1, info.video.frames)
    return lasting


def length_of(info: MediaInfo) -> Fraction:
    """Tell the length in seconds: of all pictures where there are some, else of the sound."""
    rate = rate_of(info)
    return frames_of(info) / rate if rate else Fraction(info.duration_us, _MILLION)
