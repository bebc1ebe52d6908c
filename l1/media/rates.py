"""The constant rate at which a stream is rendered."""

from fractions import Fraction

from av.video.stream import VideoStream

from l1.media.limits import let_in

DEFAULT_RATE = Fraction(25)


def steady_rate(stream: VideoStream) -> Fraction:
    """Choose the stream's average rate, as the nearest fraction a container can keep.

    Fractions have denominators of at most 1001, so 30000/1001 stays what it is. A stream that
    names no rate, or one above the limit, is asked for FFmpeg's best guess, then taken as 25.
    """
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0 < rate <= let_in().rate:
            near = Fraction(rate).limit_denominator(1001)
            if near > 0:
                return near
    return DEFAULT_RATE
