"""A video that flashes at known moments, music that clicks at known moments, and what came out."""

from fractions import Fraction

import av
import numpy as np

from tests.analyses.sounds import clicks, write_wav
from tests.media.making import make_video

FLASHES = 20
BRIGHT, BETWEEN = 230, 150


def flash_video(path, *, rate, size=(64, 36), seed=7):
    """Write a video of a dark moving ground with flashes of one frame; answer their frames."""
    draw = np.random.default_rng(seed)
    gaps = draw.integers(int(rate * 0.3), int(rate * 0.9), FLASHES)
    cuts = [int(cut) for cut in np.cumsum(gaps)]

    def picture(number):
        shade = np.full((size[1], size[0], 3), 40 + number % 5, np.uint8)
        shade[:, number % size[0]] = 90
        return np.full_like(shade, BRIGHT) if number in cuts else shade

    frames = cuts[-1] + int(gaps[0])
    make_video(path, frames=frames, size=size, rate=rate, draw=picture)
    return cuts


def click_music(path, bpm, *, beats=FLASHES + 1, rate=44_100, offset=0.4):
    """Write music of clicks; answer their times in milliseconds."""
    sound, times = clicks(bpm, offset + beats * 60 / bpm, rate=rate, offset=offset)
    write_wav(path, sound, rate=rate)
    return np.array(times)[:beats] * 1000


def flash_times(path):
    """Answer the milliseconds at which decoded pictures turn bright."""
    found, bright = [], False
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            light = frame.to_ndarray(format="gray").mean() > BETWEEN
            if light and not bright:
                found.append(float(frame.pts * Fraction(frame.time_base) * 1000))
            bright = light
    return np.array(found)


def disc_video(path, *, rate, size=(64, 36)):
    """Write a video of a light disc on a dark ground, which does not move."""
    y, x = np.mgrid[: size[1], : size[0]]
    inside = (x - size[0] / 2) ** 2 + (y - size[1] / 2) ** 2 < (size[1] / 4) ** 2
    picture = np.where(inside[..., None], 180, 40).astype(np.uint8).repeat(3, 2)
    return make_video(path, frames=37, size=size, rate=rate, draw=lambda _: picture)


def peak_times(path):
    """Answer the milliseconds at which decoded pictures turn lighter at once."""
    with av.open(str(path)) as container:
        frames = [
            (float(frame.pts * Fraction(frame.time_base) * 1000), frame.to_ndarray(format="gray"))
            for frame in container.decode(video=0)
        ]
    light = np.array([frame.mean() for _, frame in frames])
    stands = np.flatnonzero(np.diff(light, prepend=light[0]) > 3)
    return np.array([frames[number][0] for number in stands])


def nearest_errors(found, wanted):
    """Answer, for each wanted moment, how far off the nearest found one is."""
    return np.array([np.abs(found - moment).min() for moment in wanted])
