"""Draws the pictures of node types: `python -m docs.nodes [NAME ...]`, all without a name.

Each node type has an example in `docs/nodes/examples`; its picture goes to
`docs/pictures/nodes`. `python docs/reference.py` writes the pages that show them.
"""

import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from docs.nodes.drawing import draw
from docs.nodes.example import FOLDER, render
from docs.nodes.media import make

PICTURES = FOLDER.parent.parent / "pictures" / "nodes"
BYTES = 40_000
"""The most a picture may have."""


def main(names: Sequence[str]) -> None:
    """Render and draw the examples of these nodes."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        media = Path(place, "media")
        media.mkdir()
        for name in names or sorted(path.stem for path in FOLDER.glob("*.yaml")):
            folder = Path(place, name)
            folder.mkdir()
            image = draw(name, render(name, folder, lambda given: make(given, media)))
            data = io.BytesIO()
            image.save(data, "WEBP", quality=82, method=6)
            (PICTURES / f"{name}.webp").write_bytes(data.getvalue())
            sys.stdout.write(f"{name}: {image.width}x{image.height}, {data.tell()} bytes\n")
            if data.tell() > BYTES:
                sys.exit(f"{name} is larger than {BYTES} bytes: show less")


if __name__ == "__main__":
    main(sys.argv[1:])
