"""A song and a voice, made of sines and noise."""

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
RATE = 48_000
BPM = 120
_NOTES = (55.0, 55.0, 65.41, 49.0)


def song(seconds: float = 4) -> Sound:
    """Drums at 120 beats a minute, a bass, a chord that swells at the sides, and bells."""
    draw = np.random.default_rng(5)
    sound = np.zeros((2, int(seconds * RATE) + RATE))
    beat = RATE * 60 // BPM
    _add_chord(sound, seconds)
    for number in range(int(seconds * BPM / 60)):
        start = number * beat
        kick = number % 2 == 0
        _add(sound, start, _struck(70 if number % 4 == 0 else 90, 0.16, 0.05), 0.7 if kick else 0)
        _add(sound, start, _hit(draw, 0.12, 0.03), 0 if kick else 0.35)
        for half in (0, beat // 2):
            _add(sound, start + half, _hit(draw, 0.05, 0.008), 0.12)
        _add(sound, start, _struck(_NOTES[number // 4 % 4] * 2, 0.45, 0.5), 0.3)
        side = 0.5 + 0.5 * np.sin(number * 1.3)
        bell = _struck(440 * 2 ** ((number * 5 % 12) / 12), 0.5, 0.18)
        _add(sound, start + beat // 2, bell, 0.3 * side, 0.3 * (1 - side))
    return sound[:, : int(seconds * RATE)] * 0.4


def voice(seconds: float = 4) -> Sound:
    """Syllables from 0.6 to 1.6 and from 2.4 to 3.4 seconds, and nothing else."""
    sound = np.zeros((2, int(seconds * RATE)))
    for start in (0.6, 2.4):
        for number in range(5):
            at = np.arange(int(0.17 * RATE)) / RATE
            pitch = 150 + 20 * np.sin(number * 2.1)
            tones = sum(np.sin(2 * np.pi * pitch * k * at) / k for k in range(1, 9))
            _add(sound, int((start + number * 0.2) * RATE), tones * np.sin(np.pi * at / 0.17), 0.3)
    return sound


def _add_chord(sound: Sound, seconds: float) -> None:
    """Three tones that swell with each bar, a little apart in tune on both sides."""
    at = np.arange(int(seconds * RATE)) / RATE
    swell = 0.12 * (1 - np.cos(2 * np.pi * at / 2)) * (0.6 + 0.4 * at / seconds)
    for hertz in (220.0, 277.2, 329.6):
        for side, tuned in enumerate((hertz, hertz * 1.004)):
            sound[side, : len(at)] += swell * np.sin(2 * np.pi * tuned * at + side)


def _struck(hertz: float, seconds: float, fall: float) -> Sound:
    at = np.arange(int(seconds * RATE)) / RATE
    wave: Sound = np.sin(2 * np.pi * hertz * at) * np.exp(-at / fall)
    return wave


def _hit(draw: np.random.Generator, seconds: float, fall: float) -> Sound:
    at = np.arange(int(seconds * RATE)) / RATE
    wave: Sound = draw.standard_normal(len(at)) * np.exp(-at / fall)
    return wave


def _add(sound: Sound, start: int, wave: Sound, left: float, right: float | None = None) -> None:
    sides = np.array([[left], [left if right is None else right]])
    sound[:, start : start + len(wave)] += sides * wave
