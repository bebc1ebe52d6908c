"""Real songs whose tempo is known: the MIDI files that games of two Debian packages come with."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/games/fretsonfire/data/songs")
INSTALL = "apt-get install -y fretsonfire-songs-sectoid fretsonfire-songs-muldjord"
TOLERANCE_S = 0.05
_OCTAVES = (0.5, 1, 2)


@dataclass(frozen=True)
class Song:
    """A song and its true tempo, which none of these changes."""

    name: str
    sound: Path
    bpm: float


def songs():
    """List what is installed."""
    return [
        Song(name=notes.parent.name, sound=notes.parent / "song.ogg", bpm=tempo_of(notes))
        for notes in sorted(FOLDER.glob("*/*/notes.mid"))
    ]


def tempo_of(notes):
    """Read the only tempo of a MIDI file: the meta event FF 51 03 has microseconds a quarter."""
    data = notes.read_bytes()
    places = [at for at in range(len(data) - 6) if data[at : at + 3] == b"\xff\x51\x03"]
    (tempo,) = {int.from_bytes(data[at + 3 : at + 6]) for at in places}
    return 60e6 / tempo


def tempo_error(bpm, true):
    """How wrong a tempo is, when half and double the tempo are right as well."""
    return min(abs(bpm / (true * octave) - 1) for octave in _OCTAVES)


def f_measure(beats_s, bpm, seconds):
    """Compare with a grid at the true tempo, half or double, at the phase that fits best.

    Some of the songs begin at another moment than their notes, so the phase cannot be compared.
    """
    return max(
        _f(np.asarray(beats_s), np.arange(phase, seconds, period))
        for period in (60 / (bpm * octave) for octave in _OCTAVES)
        for phase in np.arange(0, period, 0.005)
    )


def _f(found, true):
    """Twice the pairs within the tolerance, over all: no beat is in two pairs."""
    pairs = at = 0
    for moment in true:
        while at < len(found) and found[at] < moment - TOLERANCE_S:
            at += 1
        if at < len(found) and found[at] <= moment + TOLERANCE_S:
            pairs += 1
            at += 1
    return 2 * pairs / (len(found) + len(true))
