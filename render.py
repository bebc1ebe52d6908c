"""The command line of the first releases: `python3 render.py dog cat --sync`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    program = Path(__file__).resolve().parent / "artdag"
    os.execv(program, [str(program), "render", *sys.argv[1:]])  # noqa: S606 - our own script
