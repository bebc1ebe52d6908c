"""What an analysis found as a picture: curves over time, and a line where each beat falls.

Everything is computed here, so that the picture needs no script; the page's stylesheet colours it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from l1.content.curve import Curve as Followed

WIDTH, HEIGHT = 1000, 120
_POINTS = 500
"""A curve has at most so many points; of more values, each point shows the highest of a few."""
_TICKS = 8
_TIMELESS = ("key", "motion_tempo")
"""Features that say one thing of the whole."""
_QUIETEST = -7000
"""Hundredths of LUFS at the foot of a curve of loudness; its top is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line or filled area, as an SVG path; `name` tells it apart and picks its colour."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A picture `WIDTH` by `HEIGHT`. `marks` are places on the time axis, `strong` the bars'."""

    duration_ms: int
    curves: Sequence[Curve] = ()
    marks: Sequence[float] = ()
    strong: Sequence[float] = ()
    ticks: Sequence[tuple[float, str]] = ()


def plot(
    feature: str, found: Mapping[str, Any], *, behind: Mapping[str, Any] | None = None
) -> Plot | None:
    """Draw what was found, as `l1.content.features` writes it; None for what has no time axis.

    `behind` is the waveform of the same sound, to draw beats and onsets over.
    """
    duration = found.get("duration_ms", 0)
    if not duration or feature in _TIMELESS:
        return None
    bars = found.get("downbeats_ms", [])
    marked = ("beats_ms", "onsets_ms", "cuts_ms")
    beats = sorted({time for name in marked for time in found.get(name, [])} - set(bars))
    return Plot(
        duration_ms=duration,
        curves=_curves("waveform", behind) if behind and beats else _curves(feature, found),
        marks=_places(beats, duration),
        strong=_places(bars, duration),
        ticks=_ticks(duration),
    )


def plot_curve(curve: Followed) -> Plot:
    """Draw a curve that a parameter follows, between its ends, and its hits; once, if it repeats."""
    low, wide = curve.low, curve.high - curve.low or 1
    heights = [(value - low) * 1000 // wide for value in curve.values]
    duration = max(1, round(len(heights) * 1000 / curve.rate))
    return Plot(
        duration_ms=duration,
        curves=[_area("energy", heights)],
        marks=_places([hit.at_ms for hit in curve.hits], duration),
        ticks=_ticks(duration),
    )


def _curves(feature: str, found: Mapping[str, Any]) -> list[Curve]:
    match feature:
        case "energy":
            return [_area("energy", found["values"])]
        case "loudness":
            levels = found["momentary_clufs"]
            return [_area("loudness", [_standing(level) for level in levels] or [0])]
        case "silence":
            return [_area("silence", _shaded(found))]
        case "bands":
            return [_area(name, found[name]) for name in ("treble", "mid", "bass")]
        case "waveform":
            return [_between("waveform", found["low"], found["high"])]
        case _:
            return []


def _standing(level: int) -> int:
    return min(1000, (level - _QUIETEST) * 1000 // -_QUIETEST)


def _shaded(found: Mapping[str, Any]) -> list[int]:
    """Stand high where it is silent, in `_POINTS` pieces."""
    spans = list(zip(found["starts_ms"], found["ends_ms"], strict=True))
    moments = (found["duration_ms"] * (2 * n + 1) // (2 * _POINTS) for n in range(_POINTS))
    return [1000 * any(start <= at < end for start, end in spans) for at in moments]


def _places(times: Sequence[int], duration: int) -> list[float]:
    return [round(time * WIDTH / duration, 1) for time in times]


def _ticks(duration: int) -> list[tuple[float, str]]:
    """Choose some eight round moments."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
    seconds = duration / 1000
    step = next((s for s in steps if seconds / s <= _TICKS), steps[-1])
    moments = range(0, int(seconds) + 1, step)
    return [(round(m * 1000 * WIDTH / duration, 1), f"{m // 60}:{m % 60:02}") for m in moments]


def _area(name: str, values: Sequence[int]) -> Curve:
    tops = _thinned(values, max)
    points = [f"{x:.1f},{HEIGHT - top * HEIGHT / 1000:.1f}" for x, top in _spread(tops)]
    return Curve(name=name, path=f"M0,{HEIGHT} L{' '.join(points)} L{WIDTH},{HEIGHT} Z")


def _between(name: str, low: Sequence[int], high: Sequence[int]) -> Curve:
    middle, scale = HEIGHT / 2, HEIGHT / 2000
    over = [f"{x:.1f},{middle - y * scale:.1f}" for x, y in _spread(_thinned(high, max))]
    under = [f"{x:.1f},{middle - y * scale:.1f}" for x, y in _spread(_thinned(low, min))]
    return Curve(name=name, path=f"M{' '.join(over)} L{' '.join(reversed(under))} Z")


def _thinned(values: Sequence[int], choose: Any) -> list[int]:
    few = -(-len(values) // _POINTS) or 1
    return [choose(values[start : start + few]) for start in range(0, len(values), few)]


def _spread(values: Sequence[int]) -> list[tuple[float, int]]:
    last = max(len(values) - 1, 1)
    return [(index * WIDTH / last, value) for index, value in enumerate(values)]
