"""Makes small media for tests, with FFmpeg's own muxers."""

from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame

GREY, RED, GREEN, BLUE = (128, 128, 128), (200, 40, 40), (40, 118, 40), (30, 60, 220)


def scene(width, height, number):
    """A grey ground with a red, a green and a blue field and a white bar that moves."""
    picture = np.full((height, width, 3), GREY, np.uint8)
    third = width // 3
    for place, colour in enumerate((RED, GREEN, BLUE)):
        picture[: height // 2, place * third : (place + 1) * third] = colour
    bar = 4 * number % max(1, width - 4)
    picture[3 * height // 4 :, bar : bar + 4] = 255
    return picture


def make_video(
    path,
    *,
    frames=30,
    size=(96, 64),
    rate=25,
    codec="libx264",
    pix_fmt="yuv420p",
    container=None,
    audio=None,
    audio_rate=48000,
    times=None,
    rotate=None,
    options=None,
    audio_delay=0,
    aspect=None,
    draw=None,
):
    """Write a video; `times` gives each frame's pts in milliseconds, `draw` each frame's RGB."""
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000) if times else 1 / Fraction(rate)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotate:
            stream.set_display_rotation(rotate)
        sound = out.add_stream(audio, rate=audio_rate) if audio else None
        if sound:
            sound.codec_context.layout = "stereo"
        for number in range(frames):
            picture = draw(number) if draw else scene(*size, number)
            frame = VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pix_fmt)
            frame.pts = times[number] if times else number
            frame.time_base = stream.codec_context.time_base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if sound:
            for packet in tone(sound, Fraction(frames) / Fraction(rate), delay=audio_delay):
                out.mux(packet)
    return path


def tone(stream, seconds, *, delay=0):
    """Encode a tone of 440 Hz."""
    rate = stream.codec_context.sample_rate
    step = stream.codec_context.frame_size or 1024
    for start in range(0, int(seconds * rate), step):
        at = np.arange(start, start + step)
        wave = (0.3 * np.sin(2 * np.pi * 440 * at / rate)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, start + delay, Fraction(1, rate)
        for fitted in resampler(stream).resample(frame):
            fitted.pts = frame.pts
            yield from stream.encode(fitted)
    yield from stream.encode(None)


def resampler(stream):
    context = stream.codec_context
    return av.AudioResampler(context.format, context.layout, context.sample_rate)


def make_audio(path, *, codec="pcm_s16le", seconds=1, rate=44100, container=None, options=None):
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, options=options or {})
        stream.codec_context.layout = "stereo"
        for packet in tone(stream, seconds):
            out.mux(packet)
    return path


def decoded(path):
    """All frames of a video as RGB arrays."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def packets_of(path, kind="audio"):
    """The bytes of all packets of a stream."""
    with av.open(str(path)) as container:
        stream = container.streams.get({kind: 0})[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]
