"""Sound for tests, as arrays of shape (2, n) at 48 kHz, and how to look at it."""

from fractions import Fraction

import av
import numpy as np

from l1.media.audio_file import write_audio
from l1.media.listening import hear


def noise(samples, *, seed=1, level=0.1):
    return (np.random.default_rng(seed).standard_normal((2, samples)) * level).astype(np.float32)


def sine(hertz, samples, *, rate=48_000, level=0.5):
    wave = level * np.sin(2 * np.pi * hertz * np.arange(samples) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def in_blocks(sound, size=30_000):
    return (sound[:, at : at + size] for at in range(0, sound.shape[1], size))


def heard(path, **wanted):
    """All of a file's sound as one array."""
    blocks = list(hear(path, **wanted))
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), np.float32)


def write_sound(path, sound, *, codec=None, rate=48_000, layout="stereo", start=0, container=None):
    """Write sound by FFmpeg's own encoders and muxers, its first sample being number `start`."""
    if codec is None:
        write_audio(path, in_blocks(sound), progress=lambda *_: None)
        return path
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.codec_context.layout = layout
        write_frames(out, stream, sound, start=start)
    return path


def write_frames(out, stream, sound, *, start=0):
    context = stream.codec_context
    out.start_encoding()
    step = context.frame_size or 1024
    for at in range(0, sound.shape[1], step):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound[:, at : at + step]), "fltp", context.layout
        )
        frame.sample_rate, frame.pts = context.sample_rate, start + at
        frame.time_base = Fraction(1, context.sample_rate)
        fitted = av.AudioResampler(context.format, context.layout, context.sample_rate)
        for piece in fitted.resample(frame):
            piece.pts = start + at
            out.mux(stream.encode(piece))
    out.mux(stream.encode(None))


def lag(before, after, *, at=4000, window=8000, most=3000):
    """How many samples later something is heard in `after` than in `before`."""
    wanted = before[0, at : at + window]
    scores = [
        float(wanted @ after[0, at + by : at + by + window]) if at + by >= 0 else 0.0
        for by in range(-most, most)
    ]
    return int(np.argmax(scores)) - most


def loudness(sound):
    """Root mean square of each channel."""
    return np.sqrt((sound.astype(np.float64) ** 2).mean(axis=1))


def strongest(sound, rate=48_000):
    """The frequency with the most energy, in hertz."""
    mono = sound.astype(np.float64).mean(axis=0)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    return float(spectrum.argmax()) * rate / len(mono)
