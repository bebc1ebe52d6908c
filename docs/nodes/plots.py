"""Draws what analyses and schedules say, along time; anything else is shown as text."""

import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import Any

from PIL import Image, ImageDraw

from docs.nodes.example import Rendered
from docs.nodes.paint import DIM, INK, MARK, PANEL, SOFT, lettered

TALL = 84
_BANDS = {"bass": "#ff7a6b", "mid": "#ffd166", "treble": "#6fd6b0"}
_NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
Facts = Mapping[str, Any]


def plot(rendered: Rendered, seconds: float, room: int) -> list[Image.Image]:
    """Draw what the output says: one image for each feature that is found in it."""
    text = rendered.output.read_text()
    found = json.loads(text) if text.startswith("{") else {}
    images = []
    for name, facts in found.items():
        if name in _PLOTS:
            card = Image.new("RGB", (room, TALL), PANEL)
            _PLOTS[name](card, facts, seconds)
            images.append(card)
    if found.get("kind") == "curve":
        images.append(_followed(found, seconds, room))
    if "runs" in found:
        images.append(_schedule(found, seconds, room))
    return images or [_text(text, room)]


def length_told(rendered: Rendered) -> float:
    """Answer the seconds that an analysis says it has heard or seen; 0 for anything else."""
    if rendered.info.kind not in {"data", "text"}:
        return 0.0
    text = rendered.output.read_text()
    found = json.loads(text) if text.startswith("{") else {}
    if found.get("kind") == "curve":
        return float(len(found["values"]) * found["rate_den"] / found["rate_num"])
    told = [facts.get("duration_ms", 0) for facts in found.values() if isinstance(facts, dict)]
    return max(told, default=0) / 1000


def _beats(card: Image.Image, facts: Facts, seconds: float) -> None:
    for ms in facts["beats_ms"]:
        down = ms in facts["downbeats_ms"]
        _upright(card, ms / 1000 / seconds, 1.0 if down else 0.6, MARK if down else SOFT, 3)
    _said(card, f"{facts['tempo_mbpm'] / 1000:.1f} BPM, tall: first of a bar")


def _onsets(card: Image.Image, facts: Facts, seconds: float) -> None:
    for ms, strength in zip(facts["onsets_ms"], facts["strengths"], strict=True):
        _upright(card, ms / 1000 / seconds, strength / 1000, MARK, 2)


def _energy(card: Image.Image, facts: Facts, seconds: float) -> None:
    _curve(card, facts["values"], facts["hop_ms"], seconds, MARK)


def _bands(card: Image.Image, facts: Facts, seconds: float) -> None:
    for number, (name, colour) in enumerate(_BANDS.items()):
        _curve(card, facts[name], facts["hop_ms"], seconds, colour)
        lettered(card, (card.width - 130 + 44 * number, 3), name, colour)


def _loudness(card: Image.Image, facts: Facts, seconds: float) -> None:
    heights = [max(0, 1000 + level // 6) for level in facts["momentary_clufs"]]
    _curve(card, heights, facts["hop_ms"], seconds, MARK)
    level = facts["integrated_clufs"]
    at = card.height - 1 - round(max(0, 1000 + level / 6) / 1000 * (card.height - 18))
    ImageDraw.Draw(card).line([(0, at), (card.width, at)], fill=INK)
    _said(card, f"{level / 100:.1f} LUFS, range {facts['range_clu'] / 100:.1f} LU")


def _silence(card: Image.Image, facts: Facts, seconds: float) -> None:
    pen = ImageDraw.Draw(card)
    for start, end in zip(facts["starts_ms"], facts["ends_ms"], strict=True):
        left, right = (round(ms / 1000 / seconds * card.width) for ms in (start, end))
        pen.rectangle([left, 24, right - 1, card.height - 12], fill=SOFT)
        lettered(card, ((left + right) // 2, 48), f"{(end - start) / 1000:g} s", INK, "mm")
    _said(card, "silent")


def _tempo(card: Image.Image, facts: Facts, _seconds: float) -> None:
    text = f"{facts['tempo_mbpm'] / 1000:.3f} BPM"
    lettered(card, (card.width // 2, card.height // 2), text, MARK, "mm", size=30)


def _motion_tempo(card: Image.Image, facts: Facts, _seconds: float) -> None:
    text = f"{facts['tempo_mbpm'] / 1000:.2f} times a minute"
    lettered(card, (card.width // 2, card.height // 2), text, MARK, "mm", size=30)


def _key(card: Image.Image, facts: Facts, _seconds: float) -> None:
    """Draw how strongly each note sounds; the tonic is marked."""
    pen, wide = ImageDraw.Draw(card), card.width / len(_NOTES)
    for number, (name, level) in enumerate(zip(_NOTES, facts["notes"], strict=True)):
        left, foot = round((number + 0.15) * wide), card.height - 16
        top = foot - round(level / 1000 * (card.height - 38))
        colour = MARK if number == facts.get("tonic") else SOFT
        pen.rectangle([left, top, round((number + 0.85) * wide), foot], fill=colour)
        lettered(card, (round((number + 0.5) * wide), card.height - 8), name, INK, "mm", size=11)
    if "tonic" in facts:
        _said(card, f"{_NOTES[facts['tonic']]} {facts['mode']}")


def _waveform(card: Image.Image, facts: Facts, seconds: float) -> None:
    pen, middle = ImageDraw.Draw(card), card.height / 2
    wide = facts["hop_ms"] / 1000 / seconds * card.width
    for number, (low, high) in enumerate(zip(facts["low"], facts["high"], strict=True)):
        top, bottom = (round(middle - level / 1000 * (middle - 2)) for level in (high, low))
        pen.rectangle([round(number * wide), top, round((number + 1) * wide) - 2, bottom], MARK)


def _scenes(card: Image.Image, facts: Facts, seconds: float) -> None:
    for ms, frame in zip(facts["cuts_ms"], facts["cuts"], strict=True):
        _upright(card, ms / 1000 / seconds, 1.0, MARK, 3)
        at = round(ms / 1000 / seconds * card.width) + 8
        lettered(card, (at, card.height // 2), f"cut at picture {frame}", INK, "lm")


def _schedule(found: Facts, seconds: float, room: int) -> Image.Image:
    """Draw which picture of the source (upwards) is shown when, and the beats."""
    card = Image.new("RGB", (room, 130), PANEL)
    pen = ImageDraw.Draw(card)
    rate = found["rate_num"] / found["rate_den"]
    for ms, _, _ in found["intervals"]:
        _upright(card, (ms - found["start_ms"]) / 1000 / seconds, 1.0, SOFT, 1)
    frame = 0
    for count, source, num, den in found["runs"]:
        ends = (frame, source), (frame + count, source + (count - 1) * num // den)
        line = [
            (
                round(at / rate / seconds * room),
                round(122 - shown / found["source_frames"] * 100),
            )
            for at, shown in ends
        ]
        pen.line(line, fill=MARK, width=3)
        frame += count
    _said(card, "picture of the video that is shown; lines: beats")
    return card


def _followed(found: Facts, seconds: float, room: int) -> Image.Image:
    """Draw a curve between its ends, and its hits."""
    card = Image.new("RGB", (room, TALL), PANEL)
    low, wide = found["low"], found["high"] - found["low"] or 1
    levels = [round((value - low) / wide * 1000) for value in found["values"]]
    hop_ms = 1000 * found["rate_den"] // found["rate_num"]
    _curve(card, levels, hop_ms, seconds, MARK)
    _said(card, f"{found['low'] / 1e6:g} to {found['high'] / 1e6:g}")
    return card


def _text(text: str, room: int) -> Image.Image:
    lines = [part for line in text.splitlines() for part in wrap(line, 84) or [""]]
    cut = lines[:10] + (["..."] if len(lines) > 10 else [])
    card = Image.new("RGB", (room, 16 * len(cut) + 14), PANEL)
    for number, line in enumerate(cut):
        lettered(card, (10, 7 + 16 * number), line)
    return card


def _curve(
    card: Image.Image, levels: Sequence[int], hop_ms: int, seconds: float, colour: str
) -> None:
    """Draw levels from 0 to 1000 along time."""
    places = [
        (
            round((number + 0.5) * hop_ms / 1000 / seconds * card.width),
            card.height - 2 - round(level / 1000 * (card.height - 18)),
        )
        for number, level in enumerate(levels)
    ]
    ImageDraw.Draw(card).line(places, fill=colour, width=2, joint="curve")


def _upright(card: Image.Image, share: float, height: float, colour: str, wide: int) -> None:
    at = min(card.width - wide, round(share * card.width))
    top = card.height - round(height * (card.height - 20))
    ImageDraw.Draw(card).rectangle([at, top, at + wide - 1, card.height - 1], fill=colour)


def _said(card: Image.Image, text: str) -> None:
    lettered(card, (card.width - 6, 3), text, DIM, "ra")


_PLOTS: Mapping[str, Callable[[Image.Image, Facts, float], None]] = {
    "bands": _bands,
    "beats": _beats,
    "energy": _energy,
    "key": _key,
    "loudness": _loudness,
    "motion_tempo": _motion_tempo,
    "onsets": _onsets,
    "scenes": _scenes,
    "silence": _silence,
    "tempo": _tempo,
    "waveform": _waveform,
}
