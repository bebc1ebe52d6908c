"""Finding the beats of songs, against librosa's beat tracker: warm, and in fresh processes."""

import asyncio
import os
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.benchmark import Benchmark, Row, Setting, Target, in_turns
from l1.analyses.spectrum import RATE, rises
from l1.analyses.tracking import track
from l1.media.listening import hear

SONGS = Path("/usr/share/games/fretsonfire/data/songs")
LEAST_S = 240

_OURS = """
import sys, numpy as np
from l1.analyses.spectrum import rises
from l1.analyses.tracking import track
assert track(rises([np.load(sys.argv[1])[None]])).beats_ms
"""
_THEIRS = """
import sys, numpy as np, librosa
assert len(librosa.beat.beat_track(y=np.load(sys.argv[1]), sr=22050)[1])
"""


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure processor time over decoded sound, one channel at 22,050 Hz."""
    os.environ["NUMBA_CACHE_DIR"] = str(setting.home / "numba")
    import librosa  # noqa: PLC0415 - it reads the variable when it is imported

    sounds, what = _sounds(setting)
    minutes = sum(map(len, sounds)) / RATE / 60

    def ours() -> None:
        assert all(track(rises([sound[None]])).beats_ms for sound in sounds)

    def theirs() -> None:
        assert all(len(librosa.beat.beat_track(y=sound, sr=RATE)[1]) for sound in sounds)

    async def took(work: Callable[[], None]) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    yield Row(
        what=f"beats of {minutes:.1f} minutes, warm",
        peer="librosa beat_track",
        unit="CPU s",
        pairs=await in_turns(lambda: took(ours), lambda: took(theirs), rounds=setting.pick(7, 1)),
        target=Target(sign="<=", bound=0.6),
        note=f"{what}; decoding excluded; ours finds bars, confidence and an exact tempo as well",
    )
    path = setting.home / "sound.npy"
    np.save(path, sounds[0])
    for compiled, bound in ((False, 0.1), (True, None)):
        yield Row(
            what="beats of one song, fresh process" + ", librosa compiled" * compiled,
            peer="librosa beat_track",
            unit="CPU s",
            pairs=await _fresh(setting, path, compiled=compiled),
            target=Target(sign="<=", bound=bound) if bound else None,
            note=f"{len(sounds[0]) / RATE:.0f} s of sound; Python, imports and, but for the row "
            "that says compiled, librosa's compilation included",
        )


async def _fresh(
    setting: Setting, path: Path, *, compiled: bool
) -> tuple[tuple[float, float], ...]:
    cache = setting.home / "numba"
    emptied = iter(range(1000))

    async def theirs() -> float:
        folder = cache if compiled else setting.home / f"empty-{next(emptied)}"
        return await _process(_THEIRS, path, NUMBA_CACHE_DIR=str(folder))

    async def ours() -> float:
        return await _process(_OURS, path)

    return await in_turns(ours, theirs, rounds=setting.pick(3, 1))


async def _process(program: str, path: Path, **environment: str) -> float:
    """Run a program to its end and answer what processor time it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), env={**os.environ, **environment}
    )
    assert await process.wait() == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _sounds(setting: Setting) -> tuple[list[NDArray[np.float32]], str]:
    """Decode real songs that are long enough, or make something like music."""
    if setting.size == "full":
        found = [_decoded(path) for path in sorted(SONGS.glob("*/*/*.ogg"))]
        if long := [sound for sound in found if len(sound) >= LEAST_S * RATE]:
            return long, f"{len(long)} recordings of {LEAST_S} s or more from Frets on Fire"
    seconds = setting.pick(300, 20)
    return [_made(seconds)], f"{seconds} s of synthesised music, since no real songs are here"


def _decoded(path: Path) -> NDArray[np.float32]:
    return np.concatenate([block[0] for block in hear(path, rate=RATE, channels=1)])


def _made(seconds: int) -> NDArray[np.float32]:
    """Make drums at 123 BPM under chords that change with each bar."""
    rng = np.random.default_rng(0)
    at = np.arange(seconds * RATE) / RATE
    beat, bar = at * 123 / 60, (at * 123 / 240).astype(int)
    kick = np.sin(2 * np.pi * 70 * at) * np.exp(-(beat % 1) * 12)
    hat = rng.standard_normal(len(at)) * np.exp(-((beat * 2) % 1) * 20)
    notes = 220 * 2 ** (rng.integers(0, 12, bar[-1] + 1) / 12)
    chord = sum(np.sin(2 * np.pi * notes[bar] * part * at) for part in (1, 1.25, 1.5))
    return np.asarray(0.5 * kick + 0.1 * hat + 0.08 * chord, np.float32)


ANALYSIS = Benchmark(name="analysis", measure=measure)
