"""Writes the golden hashes that are missing, or those of the nodes that are named.

`.venv/bin/python -m tests.effects.write_goldens [NAME ...]`; a hash that changes means that users
get other bytes, so the node's version rises with it.
"""

import json
import sys
import tempfile
from pathlib import Path

from docs.nodes.example import FOLDER, render
from docs.nodes.media import make
from tests.effects.golden import GOLDENS, golden


def main(names):
    table = json.loads(GOLDENS.read_text())
    missing = [path.stem for path in sorted(FOLDER.glob("*.yaml")) if path.stem not in table]
    for name in names or missing:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "media").mkdir()
            made = render(name, folder, lambda given: make(given, folder / "media"))  # noqa: B023
            table[name] = golden(made.output, made.info)
            print(name, table[name])
    GOLDENS.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
