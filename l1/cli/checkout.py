"""The checkout that this command runs from, for what only a checkout has."""

from pathlib import Path

import l1
from l1.errors import Refused


def root() -> Path:
    """Find it; `Refused` when the package was installed without its sources."""
    folder = Path(l1.__file__).parent.parent
    if not (folder / "pyproject.toml").is_file():
        raise Refused("tests and benchmarks come with a checkout of the sources, not installed")
    return folder
