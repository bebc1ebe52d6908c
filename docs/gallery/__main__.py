"""Draws the pictures of shipped recipes: `python -m docs.gallery [NAME ...]`, all without a name.

Each recipe is rendered with what `docs/gallery/hands.py` hands it; its picture goes to
`docs/pictures/recipes`: of a film six moments, of a picture itself.
"""

import io
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageSequence

from docs.gallery.hands import HANDED, hand
from docs.nodes.example import FOLDER, render_recipe
from docs.nodes.watching import seen
from l1.recipes import shipped

PICTURES = FOLDER.parent.parent / "pictures" / "recipes"
BYTES = 60_000
"""The most a picture may have."""

WIDTH, GAP, COLUMNS = 720, 6, 3
GROUND = "#14171f"
MOMENTS: Mapping[str, Sequence[float]] = {
    "glitch-on-drops": (1.9, 2.02, 2.1, 2.25, 2.5, 4.02),
    "audio-reactive": (1.9, 2.02, 2.2, 3.9, 4.02, 4.2),
    "clips-to-the-beat": (0.5, 1.5, 2.5, 3.5, 4.5, 5.5),
    "green-screen": (0.1,),
    "podcast-audiogram": (0.8, 1.1, 1.4, 2.5, 2.8, 3.2),
    "slideshow": (0.1, 1.9, 2.1, 3.9, 4.1, 6.1),
}
"""Seconds that show what a recipe does; otherwise six, evenly spread."""

BESIDE: Mapping[str, Sequence[str]] = {"green-screen": ("actor", "background")}
"""Inputs whose first pictures stand before what is made of them."""


def main(names: Sequence[str]) -> None:
    """Render these recipes and draw what they make."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        media = Path(place, "media")
        media.mkdir()
        for name in names or sorted(HANDED):
            image, data = _drawn(name, _made(name, Path(place), media), media), io.BytesIO()
            image.save(data, "WEBP", quality=80, method=6)
            (PICTURES / f"{name}.webp").write_bytes(data.getvalue())
            sys.stdout.write(f"{name}: {data.tell()} bytes\n")
            if data.tell() > BYTES:
                sys.exit(f"{name} is larger than {BYTES} bytes: show less")


def _made(name: str, place: Path, media: Path) -> Path:
    """Render a recipe once, and what it is handed by others before."""
    folder = place / name
    if folder.exists():
        return Path((folder / "made").read_text())

    def given(asked: str) -> Path | None:
        source = HANDED[name].get(asked)
        if source == "with-sound":
            return _made("voice-over", place, media)
        return hand(source, media) if source else None

    folder.mkdir()
    output = render_recipe(shipped()[name], folder, given).output
    (folder / "made").write_text(str(output))
    return output


def _drawn(name: str, path: Path, media: Path) -> Image.Image:
    frames, end = _watched(path)
    if len(frames) == 1:
        (image,) = (frame for _, frame in frames)
        image.thumbnail((WIDTH, WIDTH * 9 // 16))
        return image
    moments = MOMENTS.get(name, [end * (2 * number + 1) / 12 for number in range(6)])
    shown = [next(frame for start, frame in reversed(frames) if start <= at) for at in moments]
    before = [_watched(hand(HANDED[name][each], media))[0][0][1] for each in BESIDE.get(name, ())]
    return _grid([*before, *shown])


def _watched(path: Path) -> tuple[Sequence[tuple[float, Image.Image]], float]:
    """Answer all pictures, each with the second from which it is seen, and when the last goes."""
    if path.read_bytes()[8:12] == b"WEBP":
        with Image.open(path) as moving:
            frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(moving)]
        return [(number / len(frames), frame) for number, frame in enumerate(frames)], 1
    shots = seen(path)
    images = [Image.fromarray(shot.pixels).convert("RGB") for shot in shots]
    return [(shot.start, image) for shot, image in zip(shots, images, strict=True)], shots[-1].end


def _grid(images: Sequence[Image.Image]) -> Image.Image:
    wide = (WIDTH - GAP * (COLUMNS + 1)) // COLUMNS
    tall = wide * images[-1].height // images[-1].width
    rows = -(-len(images) // COLUMNS)
    card = Image.new("RGB", (WIDTH, rows * (tall + GAP) + GAP), GROUND)
    for number, image in enumerate(images):
        row, column = divmod(number, COLUMNS)
        place = (GAP + column * (wide + GAP), GAP + row * (tall + GAP))
        card.paste(image.resize((wide, tall), Image.Resampling.LANCZOS), place)
    return card


if __name__ == "__main__":
    main(sys.argv[1:])
