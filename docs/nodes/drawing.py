"""Draws what an example does: what goes in and what comes out, side by side or along time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from docs.nodes.example import Rendered
from docs.nodes.paint import DIM, GAP, GROUND, MARK, WIDTH, lettered, wave
from docs.nodes.plots import length_told, plot
from docs.nodes.watching import Shot, seen, shot_at, sound_of
from l1.content.media_info import MediaInfo

LABEL = 88
"""Pixels of the column with names."""

MANY = 8
"""Cells of a row where the order of pictures is what matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something drawn along time, and what stands before it."""

    name: str
    image: Image.Image
    result: bool = False


def draw(node: str, rendered: Rendered) -> Image.Image:
    """Draw an example: pictures of one moment side by side, or rows along one axis of time."""
    sources = list(rendered.sources.items())
    everything = [rendered.infos[path] for _, path in sources] + [rendered.info]
    if _is_of_a_moment([name for name, _ in sources], everything):
        return _beside(node, [*sources, (node, rendered.output)], rendered)
    return _below(node, rendered)


def _is_of_a_moment(names: Sequence[str], infos: Sequence[MediaInfo]) -> bool:
    *given, made = infos
    visual = all(info.kind in {"image", "video"} for info in (*given, made) if info.kind != "text")
    grown = made.kind == "video" and any(info.kind == "image" for info in given[:1])
    return visual and made.kind in {"image", "video"} and not grown and "numbers" not in names


def _beside(node: str, shown: Sequence[tuple[str, Path]], rendered: Rendered) -> Image.Image:
    """Put the middle pictures of all into one line, names below them."""
    visible = [(name, path) for name, path in shown if rendered.infos[path].kind != "text"]
    room = (WIDTH - GAP * (len(visible) + 1)) // len(visible)
    tall = min(room, max(room * 9 // 16, 150), 240) if len(visible) < 3 else room * 9 // 16
    if rendered.info.video and rendered.info.video.height * 16 > rendered.info.video.width * 10:
        tall = max(tall, room * 3 // 4)
    card = Image.new("RGB", (WIDTH, tall + 2 * GAP + 16), GROUND)
    second = rendered.info.duration_us / 2e6
    for number, (name, path) in enumerate(visible):
        shots = seen(path)
        image = _fitted(shot_at(shots, second) or shots[-1], room, tall)
        left = GAP + number * (room + GAP)
        card.paste(image, (left + (room - image.width) // 2, GAP + (tall - image.height) // 2))
        last = number == len(visible) - 1
        colour = MARK if last else DIM
        lettered(card, (left + room // 2, tall + GAP + 11), _title(name, last), colour, anchor="mm")
    return card


def _below(node: str, rendered: Rendered) -> Image.Image:
    """Put a row for each input and for the result below each other, on one axis of time."""
    sources = rendered.sources
    lengths = [info.duration_us / 1e6 for info in rendered.infos.values()]
    seconds = max([*lengths, length_told(rendered)]) or 1.0
    cells = MANY if "numbers" in sources else 4
    stills = [name for name, path in sources.items() if rendered.infos[path].kind == "image"]
    rows = [_stills(rendered, stills)] if stills else []
    for name, path in sources.items():
        if name not in stills:
            rows += _rows(name, path, rendered.infos[path], seconds, cells)
    made = _rows(node, rendered.output, rendered.info, seconds, cells, rendered)
    rows += [Row(name=row.name, image=row.image, result=True) for row in made]
    height = sum(row.image.height + GAP for row in rows) + GAP + 14
    card = Image.new("RGB", (WIDTH, height), GROUND)
    top = GAP
    for row in rows:
        card.paste(row.image, (LABEL + GAP, top))
        colour = MARK if row.result else DIM
        name = _title(row.name, row.result)
        for number, line in enumerate(name.replace("_", "_\n").replace(", ", "\n").splitlines()):
            lettered(
                card, (GAP, top + row.image.height // 2 + 12 * number), line, colour, "lm", size=11
            )
        top += row.image.height + GAP
    _axis(card, top, seconds)
    return card


def _rows(
    name: str,
    path: Path,
    info: MediaInfo,
    seconds: float,
    cells: int,
    rendered: Rendered | None = None,
) -> list[Row]:
    room = WIDTH - LABEL - 2 * GAP
    if info.kind == "video" or (info.kind == "image" and info.video and info.video.frames > 1):
        rows = [Row(name=name, image=_strip(path, seconds, cells, room))]
        if info.audio and cells == MANY:
            rows.append(Row(name="its sound", image=wave(sound_of(path), seconds, room, 44)))
        return rows
    if info.kind == "image":
        image = _fitted(seen(path)[0], room, 150)
        return [Row(name=name, image=image)]
    if info.kind == "audio":
        return [Row(name=name, image=wave(sound_of(path), seconds, room, 60))]
    if rendered:
        images = plot(rendered, seconds, room)
        return [Row(name=name if at == 0 else "", image=image) for at, image in enumerate(images)]
    return []


def _stills(rendered: Rendered, names: Sequence[str]) -> Row:
    room = WIDTH - LABEL - 2 * GAP
    card = Image.new("RGB", (room, 110), GROUND)
    left = 0
    for name in names:
        image = _fitted(seen(rendered.sources[name])[0], room // len(names), 110)
        card.paste(image, (left, 0))
        left += image.width + GAP
    return Row(name=", ".join(names), image=card)


def _strip(path: Path, seconds: float, cells: int, room: int) -> Image.Image:
    """Show what is seen in the middle of each cell of time; nothing after the end."""
    shots = seen(path)
    wide = room // cells
    tall = round((wide - 3) * shots[0].pixels.shape[0] / shots[0].pixels.shape[1])
    strip = Image.new("RGB", (room, tall), GROUND)
    for cell in range(cells):
        shot = shot_at(shots, (cell + 0.5) * seconds / cells)
        if shot:
            strip.paste(_fitted(shot, wide - 3, tall), (cell * wide, 0))
    return strip


def _axis(card: Image.Image, top: int, seconds: float) -> None:
    left, right = LABEL + GAP, WIDTH - GAP
    pen = ImageDraw.Draw(card)
    pen.line([(left, top - 4), (right, top - 4)], fill=DIM)
    step = 0.5 if seconds <= 3 else 1
    for number in range(int(seconds / step + 1e-6) + 1):
        at = left + round(number * step / seconds * (right - left - 1))
        pen.line([(at, top - 4), (at, top - 1)], fill=DIM)
        end = {0: "la"}.get(number, "ra" if number * step > seconds - 0.05 else "ma")
        lettered(card, (at, top), f"{number * step:g} s", DIM, end, size=10)


def _fitted(shot: Shot, wide: int, tall: int) -> Image.Image:
    image = Image.fromarray(shot.pixels)
    scale = min(wide / image.width, tall / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    fitted = image.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)
    if fitted.mode == "RGBA":
        fitted = Image.alpha_composite(_squares(fitted.size), fitted)
    return fitted.convert("RGB")


def _squares(size: tuple[int, int]) -> Image.Image:
    """Draw the light and dark squares that stand for transparency."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]] // 8
    shade = np.where((x + y) % 2 == 0, 90, 120).astype(np.uint8)
    return Image.fromarray(np.stack([shade] * 3 + [np.full_like(shade, 255)], axis=2))


def _title(name: str, result: bool) -> str:
    return name.upper() if result and name != "its sound" else name
