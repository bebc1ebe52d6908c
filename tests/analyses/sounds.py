"""Sounds of which is known what an analysis should find."""

import wave

import numpy as np

from l1.analyses.spectrum import RATE


def clicks(bpm, seconds, *, rate=RATE, offset=0.0, sway=None, gain=0.8):
    """A click on each beat, higher on each fourth, over a faint hiss; and when they are.

    `sway(t)` tells how much faster than `bpm` it goes at a time.
    """
    sound = 0.003 * np.random.default_rng(1).standard_normal(int(seconds * rate))
    length = np.arange(int(0.03 * rate)) / rate
    at, times = offset, []
    while at < seconds - 0.05:
        start = round(at * rate)
        hz = 1000 if len(times) % 4 else 1500
        click = np.sin(2 * np.pi * hz * length) * np.exp(-length / 0.006)
        sound[start : start + len(length)] += 0.8 * click
        times.append(at)
        at += 60 / (bpm * (1 + (sway(at) if sway else 0)))
    return (sound * gain / 0.8).astype(np.float32), np.array(times)


def drums(bpm, seconds, *, rate=RATE, first=0):
    """A kick on beats one and three, a deep drum on one alone, a snare on two and four, hats."""
    rng = np.random.default_rng(2)
    sound = np.zeros(int(seconds * rate) + rate)
    length = np.arange(int(0.15 * rate)) / rate
    kick = np.sin(2 * np.pi * 90 * length) * np.exp(-length / 0.04)
    deep = 1.5 * np.sin(2 * np.pi * 50 * length) * np.exp(-length / 0.06)
    snare = 0.5 * rng.standard_normal(len(length)) * np.exp(-length / 0.03)
    hat = 0.1 * rng.standard_normal(len(length)) * np.exp(-length / 0.008)
    for number in range(int(seconds * bpm / 60)):
        start = round(number * 60 / bpm * rate)
        place = (number - first) % 4
        for voice in ((kick, deep), (snare,), (kick,), (snare,))[place] + (hat,):
            sound[start : start + len(length)] += 0.5 * voice
    return np.clip(sound[: int(seconds * rate)], -1, 1).astype(np.float32)


def tone(hz, seconds, *, rate=RATE, gain=0.3):
    return (gain * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(
        np.float32
    )


def hiss(seconds, *, rate=RATE, gain=0.1):
    noise = np.random.default_rng(3).standard_normal(int(seconds * rate))
    return (gain * noise).astype(np.float32)


def write_wav(path, *channels, rate=RATE):
    """Write channels of equal length as 16 bits."""
    data = np.rint(np.clip(np.stack(channels), -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data.T.tobytes())
    return path


def analysed(analysis, path, **params):
    """Run an analysis as a child would, unconfined."""
    return analysis.analyse(path, analysis.params(**params), lambda _ms: None)
