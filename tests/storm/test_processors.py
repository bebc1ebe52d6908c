"""Every node under the routines of lesser processors: the bytes are the same."""

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from docs.nodes.media import MEDIA, make
from tests.media.corpus import originals
from tests.media.making import make_audio, make_video
from tests.storm import storming

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "determinism.md"
AVX512 = "-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD"
AVX = f"{AVX512},-AVX2,-AVX,-FMA,-FMA4,-BMI2"
PROCESSORS = {
    "this machine": ("native", {}),
    "x86-64-v3": (
        "0x7D3DB",
        {
            "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_CORETYPE": "Haswell",
            "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={AVX512}",
        },
    ),
    "SSE4.2": (
        "0x13DB",
        {
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_CORETYPE": "Nehalem",
            "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={AVX}",
        },
    ),
    "C": (
        "0",
        {
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_CORETYPE": "Prescott",
            "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={AVX},-SSE4_2,-SSE4_1,-SSSE3",
        },
    ),
}
"""FFmpeg's flags, and what holds numpy, its BLAS and the C library's mathematics."""


@pytest.fixture
def media(tmp_path):
    folder = tmp_path / "media"
    (folder / "examples").mkdir(parents=True)
    for name in MEDIA:
        make(name, folder / "examples")
    list(originals(folder))
    make_video(
        folder / "deep.mp4", frames=10, size=(142, 90), pix_fmt="yuv422p10le", audio="libopus",
        rotate=-90, aspect=Fraction(4, 3), rate=Fraction(30000, 1001),
    )  # fmt: skip
    voice = {"application": "voip", "b": "12000"}
    make_audio(folder / "voice.ogg", codec="libopus", rate=16000, options=voice)
    make_audio(folder / "vorbis.ogg", codec="vorbis", options={"strict": "-2"})
    make_audio(folder / "s.ac3.mkv", codec="ac3", container="matroska")
    return folder


def made_on(processor, media, out):
    """Render everything in a fresh process that takes itself for another processor."""
    flags, environment = PROCESSORS[processor]
    command = [sys.executable, "-m", "tests.effects.on_processor", flags, media, out]
    done = subprocess.run(
        command, check=False, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.storm
@pytest.mark.skipif(sys.platform != "linux", reason="held by what Linux understands")
def test_the_nodes_that_depend_on_the_processor_are_those_of_the_page(media, tmp_path):
    made = {name: made_on(name, media, tmp_path / name) for name in PROCESSORS}
    native = made["this machine"]
    assert all(set(each) == set(native) for each in made.values())
    differing = {
        processor: sorted(name for name in native if each[name] != native[name])
        for processor, each in made.items()
    }
    figures = {"made": len(native)} | {
        f"differ on {processor}": ", ".join(names) or "none"
        for processor, names in differing.items()
    }
    storming.FIGURES.append(("Every node on lesser processors", figures))
    nodes = {
        processor: ", ".join(sorted({name.split()[0] for name in names})) or "none"
        for processor, names in differing.items()
    }
    told = dict(re.findall(r"^\| ([^|]+?) \|.*\| ([^|]+?) \|$", PAGE.read_text(), re.MULTILINE))
    assert {processor: told[processor] for processor in nodes} == nodes, differing
