"""Renders what every node makes while FFmpeg is held to some processor's routines.

`python -m tests.effects.on_processor FLAGS MEDIA OUT` writes one line of JSON: the SHA-256 of each
thing made, by name. FLAGS are bits of AV_CPU_FLAG_*, or `native` for this machine's own as a
worker uses them. What is not FFmpeg is held by the environment: see `tests/storm/test_processors.py`.
"""

import hashlib
import json
import sys
from pathlib import Path

from docs.nodes.example import FOLDER
from docs.nodes.example import render as render_example
from l1 import compose
from l1.media import engine
from l1.media.blending import MODES
from tests.effects.rendering import render

VIDEOS = ("v.mp4", "v.mkv", "v.webm", "v.avi", "v.ts", "v.mov", "v.flv", "deep.mp4")
IMAGES = ("i.png", "i.jpg", "i.gif", "i.webp", "i.bmp", "i.tiff", "i.avif")
SOUNDS = ("s.mp3", "s.ogg", "s.flac", "s.wav", "voice.ogg", "vorbis.ogg", "s.ac3.mkv")
HEARD = ("bands", "beats", "energy", "loudness", "onsets", "silence", "tempo", "waveform")
SHOWN = ("spectrum_video", "waveform_video", "waveform_png", "vectorscope")

FURTHER = [
    *(("invert", {}, [name]) for name in (*VIDEOS, *IMAGES)),
    *(("segment", {"start": "0.1", "end": "0.3"}, [name]) for name in VIDEOS),
    *(("gain", {"db": "-3"}, [name]) for name in SOUNDS),
    *((name, {}, ["s.mp3"]) for name in (*HEARD, *SHOWN, "normalize")),
    *(("energy", {}, [name]) for name in (*SOUNDS, *VIDEOS)),
    *(("blend", {"mode": mode, "opacity": "0.7"}, ["v.mp4", "i.jpg"]) for mode in sorted(MODES)),
    *(("blur", {"radius": radius}, ["deep.mp4"]) for radius in ("0.4", "2.5", "40")),
    *(("rotate", {"degrees": turn}, ["deep.mp4"]) for turn in ("7.3", "90", "181")),
    *(("color", {name: "0.6"}, ["deep.mp4"]) for name in ("saturation", "temperature")),
    *(
        ("resize", {"width": 75, "height": 51, "mode": mode}, ["deep.mp4"])
        for mode in ("fit", "fill", "pad", "stretch")
    ),
    *(
        ("generate", {"pattern": name, "width": 90, "height": 60, "duration": "0.2"}, [])
        for name in ("colour", "gradient", "checkerboard", "noise", "bars")
    ),
    ("color", {"hue": "77", "curve": [["0", "0.2"], ["0.5", "0.4"], ["1", "0.9"]]}, ["deep.mp4"]),
    ("transform", {"blur": "2.5", "sharpen": "1", "hue": "40", "gamma": "0.7"}, ["deep.mp4"]),
    ("transform", {"speed": "1.3"}, ["v.mp4"]),
    ("transform", {"speed": "0.6"}, ["s.mp3"]),
    ("sequence", {"transition": {"type": "fade", "duration": "0.1"}}, ["v.avi", "deep.mp4"]),
    ("sequence", {}, ["s.ogg", "s.mp3"]),
    ("reverse", {}, ["v.webm"]),
    ("fps", {"fps": "31"}, ["v.mkv"]),
    ("preview", {}, ["deep.mp4"]),
    ("ken_burns", {"duration": "0.4", "width": 80, "height": 60}, ["i.webp"]),
    ("audio_mix", {}, ["s.mp3", "s.ogg", "voice.ogg"]),
]


def main(flags: str, media: Path, out: Path) -> None:
    """Render all of it and print what came out."""
    engine.hold_cpu_class()
    library = engine.loaded()
    if flags != "native" and library is not None:
        library.av_force_cpu_flags(int(flags, 0))
    files = {path.stem: path for path in (media / "examples").iterdir()}
    made = {}
    for name in sorted(path.stem for path in FOLDER.glob("*.yaml")):
        folder = out / name
        folder.mkdir(parents=True)
        made[name] = _hash(render_example(name, folder, files.__getitem__).output)
    effects = compose.effects()
    for number, (name, params, sources) in enumerate(FURTHER):
        output = out / f"{number}"
        effect = effects[name]
        render(effect, [media / each for each in sources], output, effect.parse(params))
        made[" ".join([name, *map(str, params.values()), *sources])] = _hash(output)
    print(json.dumps(made))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
