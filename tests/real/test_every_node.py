"""Every node type renders real media: the example of each, with real clips, pictures and songs."""

import json
import time
from fractions import Fraction

import av
import pytest

from docs.nodes.example import FOLDER, render
from l1 import compose
from l1.media.listening import hear

pytestmark = pytest.mark.real

NODES = compose.nodes()
BUNNY_S, PHONE_S, SONG_S, BAR_S = Fraction(132, 25), Fraction(4004, 1000), 20, 4
SECONDS = {
    "beat_sync": SONG_S,
    "freeze": BUNNY_S + 1,
    "generate": 1,
    "image_sequence": Fraction(3, 2),
    "ken_burns": 2,
    "loop": 5,
    "map": 1,
    "preview": 1,
    "random_slice": Fraction(1, 2),
    "segment": 1,
    "segment_at": 3,
    "sequence": BUNNY_S + PHONE_S - Fraction(2, 5),
    "source_list": Fraction(3, 2),
    "still": 1,
}
"""How long the result is where it is not as long as what went in first."""

SIZES = {
    "cqt": (320, 180),
    "crop": (1140, 660),
    "encode": (120, 68),
    "generate": (320, 180),
    "ken_burns": (320, 180),
    "pad": (1280, 780),
    "preview": (160, 90),
    "resize": (180, 180),
    "spectrum_video": (320, 180),
    "sprite_sheet": (480, 324),
    "thumbnail": (240, 135),
    "vectorscope": (180, 180),
    "waveform_png": (640, 120),
    "waveform_video": (320, 180),
}
"""Its width and height where they are not those of what went in first."""

DRAWN = {"cqt", "spectrum_video", "vectorscope", "waveform_video"}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_a_node_renders_real_media(tmp_path, real, name):
    began = time.process_time()
    made = render(name, tmp_path, real)
    spent = time.process_time() - began
    info = made.info
    assert info.problem == ""
    first = next((made.infos[path] for path in made.sources.values()), None)
    gives = NODES[name].gives
    assert info.kind in (_kinds(gives, first) if name != "source_list" else {"video"})
    if info.video:
        _check_pictures(name, made, first)
    if info.kind == "audio" or (info.audio and name in DRAWN):
        _check_sound(name, made, first)
    if info.kind in {"data", "text"}:
        _check_words(made)
    shown = info.video and (info.video.width, info.video.height, info.video.frames)
    print(f"{name}: {info.kind} {shown or ''} {info.duration_us / 1e6:g} s, {spent:.1f} CPU-s")


def _kinds(gives, first):
    if gives is None:
        return {first.kind}
    wanted = {gives} if isinstance(gives, str) else set(gives)
    return wanted | ({"text"} if "data" in wanted else set())


def _check_pictures(name, made, first):
    video = made.info.video
    if name in SIZES:
        assert (video.width, video.height) == SIZES[name]
    elif first and first.video:
        assert (video.width, video.height) == (first.video.width, first.video.height)
    if made.info.kind == "video":
        assert video.codec == "h264"
        assert video.pixel_format == "yuv420p"
        _check_length(name, made, first, 1 / Fraction(video.rate_num, video.rate_den))
    assert min(_contrasts(made.output)) > 3, "a picture is of one colour"
    if made.info.kind == "video" and first and first.audio and first.video and name not in SECONDS:
        assert made.info.audio


def _check_length(name, made, first, tolerance):
    wanted = SECONDS.get(name) or Fraction(first.duration_us, 1_000_000)
    assert abs(Fraction(made.info.duration_us, 1_000_000) - wanted) <= tolerance


def _contrasts(path):
    """Tell how far tones spread in each tenth picture."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 10 == 0:
                yield float(frame.to_ndarray(format="gray").std())


def _check_sound(name, made, first):
    loudest, samples = 0.0, 0
    for block in hear(made.output):
        loudest, samples = max(loudest, float(abs(block).max())), samples + block.shape[1]
    assert loudest > 0.01
    wanted = SECONDS.get(name) or Fraction(first.duration_us, 1_000_000)
    assert abs(samples - wanted * 48_000) <= (1 if made.info.kind == "audio" else 2048)


def _check_words(made):
    text = made.output.read_text()
    found = json.loads(text) if text.startswith("{") else {"text": text}
    assert found
    assert all(facts != {} for facts in found.values())
