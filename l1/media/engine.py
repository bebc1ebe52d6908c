"""The engine that decodes and encodes: which builds it is made of, and the processor it is held to.

Some of FFmpeg's routines give other bytes at other SIMD levels. Held to one level, that of every
x86-64-v3 processor, they give the same bytes on all of them. What is made here is the same below
that level too: pictures by integers alone, sound by `plain_routines`.
"""

import ctypes
import platform
import re
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import av
import numpy as np

V3_FLAGS = 0x7D3DB
"""The AV_CPU_FLAG_* bits up to AVX2, BMI2 and FMA3, without AVX-512."""

RECIPE_VERSION = 2
"""Rises whenever our own choice of encoder, scaler or muxer settings changes."""


@cache
def hold_cpu_class() -> str:
    """Hold FFmpeg to the x86-64-v3 class in this process, if it can; name the class in force.

    Called before any codec is opened. Where the processor or the build does not allow it, the
    name says so, and with it the fingerprint differs.
    """
    machine = platform.machine().lower()
    library = loaded()
    if machine not in {"x86_64", "amd64"} or library is None:
        return machine
    if library.av_get_cpu_flags() & V3_FLAGS != V3_FLAGS:
        return f"{machine}-below-v3"
    library.av_force_cpu_flags(V3_FLAGS)
    return "x86-64-v3"


@contextmanager
def plain_routines() -> Iterator[None]:
    """Have the codecs and filters of sound that are opened inside use FFmpeg's routines in C.

    They pick their routines when they are opened. Those for a processor's own instructions add
    floats in another order at each SIMD level; in C, sound is the same on every x86-64 processor,
    and it takes no longer that could be measured. Nothing that makes pictures belongs inside.
    """
    library = loaded()
    if library is None:
        yield
        return
    with _FORCING:
        before = library.av_get_cpu_flags()
        library.av_force_cpu_flags(0)
        try:
            yield
        finally:
            library.av_force_cpu_flags(before)


_FORCING = threading.RLock()  # the flags are the whole process's


def engine_fingerprint() -> dict[str, str]:
    """Name all that decides which bytes a render gives, apart from the recipe and the inputs."""
    versions = {
        name: ".".join(map(str, version)) for name, version in sorted(av.library_versions.items())
    }
    return {
        "av": av.__version__,
        "cpu_class": hold_cpu_class(),
        "numpy": np.__version__,
        "recipe": str(RECIPE_VERSION),
        "x264": _x264_build(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **versions,
    }


def _x264_build() -> str:
    found = _bundled("libx264")
    build = re.search(r"\.so\.(\d+)|\.(\d+)\.dylib", found.name) if found else None
    return (build[1] or build[2]) if build else "unknown"


@cache
def loaded() -> ctypes.CDLL | None:
    """Give the part of FFmpeg that knows the processor, None where it cannot be found."""
    found = _bundled("libavutil")
    return None if found is None else ctypes.CDLL(str(found))


def _bundled(name: str) -> Path | None:
    """Find a library that the wheel of `av` brings along."""
    package = Path(av.__file__).parent
    for folder in (package.parent / "av.libs", package / ".dylibs"):
        for path in sorted(folder.glob(f"{name}[-.]*")):
            return path
    return None
