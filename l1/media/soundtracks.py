"""The sound of films: a file's as it is, a part of it, or parts of several one after the other."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from l1.media.film import Needs, Soundtrack
from l1.media.joining import Part, cut, joined
from l1.media.listening import hear, time_zero


def of_file(path: Path, name: str) -> Soundtrack:
    """Take the sound of a file whose bytes are named `name`, from its first picture on."""
    return Soundtrack(path=path, start=time_zero(path), needs={"of": name})


def cut_out(path: Path, name: str, *, start: Fraction, stop: Fraction) -> Soundtrack:
    """Take that from one moment to another, silence where there is none."""
    return Soundtrack(
        track=lambda: cut(path, start=start, stop=stop),
        needs={"of": name, "cut": [str(start), str(stop)]},
    )


def heard(path: Path, name: str, *, start: Fraction, stop: Fraction | None) -> Soundtrack:
    """Take that from one moment to another, and no longer than there is some."""
    return Soundtrack(
        track=lambda: hear(path, start=start, stop=stop),
        needs={"of": name, "heard": [str(start), "" if stop is None else str(stop)]},
    )


def of_parts(
    parts: Sequence[Part], names: Mapping[Path, str], *, overlap: Fraction = Fraction(0)
) -> Soundtrack | None:
    """Join parts as `joined` does; `names` are those of their files' bytes. None for silence."""
    if not any(part.path for part in parts):
        return None
    return Soundtrack(
        track=lambda: joined(parts, overlap=overlap),
        needs={"parts": [_written(part, names) for part in parts], "overlap": str(overlap)},
    )


def _written(part: Part, names: Mapping[Path, str]) -> Needs:
    name = "" if part.path is None else names[part.path]
    times = (part.start, part.seconds, part.fade_in, part.fade_out)
    return [name, *map(str, times)]
