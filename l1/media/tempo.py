"""Plays sound faster or slower at the same pitch, by FFmpeg's `atempo` (WSOLA)."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from l1.media.samples import Samples, silent
from l1.media.sound import RATE
from l1.media.sound_filter import SoundFilter

_MOST = Fraction(2)
"""Beyond twice the speed one filter would leave sound out; several in a row blend all of it."""


def at_tempo(track: Iterable[Samples], speed: Fraction) -> Iterator[Samples]:
    """Give stereo sound at 48 kHz `speed` times as fast, at its own pitch.

    Of n samples it makes round(n / `speed`).
    """
    if speed == 1:
        yield from track
        return
    stretch = SoundFilter(_steps(speed), rate=RATE, channels=2)
    taken = given = 0
    for block in track:
        taken += block.shape[1]
        made = stretch.push(block)[:, : round(taken / speed) - given]
        given += made.shape[1]
        yield made
    left = round(taken / speed) - given
    rest = stretch.finish()[:, :left]
    yield rest
    yield from silent(2, left - rest.shape[1])


def _steps(speed: Fraction) -> list[tuple[str, str]]:
    steps = []
    while not 1 / _MOST <= speed <= _MOST:
        step = _MOST if speed > 1 else 1 / _MOST
        steps.append(step)
        speed /= step
    return [("atempo", repr(float(step))) for step in (*steps, speed)]
