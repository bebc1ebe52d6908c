"""The examples of CONTRIBUTING.md work: one new file each, and no edit elsewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = {
    match[1]: match[2]
    for match in re.finditer(
        r"```python\n# (l1/\S+\.py)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL
    )
}
ADDS = {
    "l1/analyses/loudest.py": ("analyses", "loudest"),
    "l1/effects/shout.py": ("effects", "shout"),
    "l1/events/applause.py": ("events", "content.applauded"),
    "l1/projections/recent.py": ("projections", "recent"),
    "l1/storage/attic.py": ("providers", "attic"),
    "l1/web/routes/hello.py": ("endpoints", "GET /hello/{name}"),
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """What the catalogue finds in a copy of the package with every example added."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "l1", root / "l1", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("migrations", "templates"):
        shutil.copytree(ROOT / folder, root / folder)
    for path, text in EXAMPLES.items():
        (root / path).write_text(text)
    command = [sys.executable, "-m", "l1.cli", "catalog", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(root), "ARTDAG_HOME": str(root / "home")}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_kind_of_thing_has_an_example() -> None:
    assert set(EXAMPLES) == set(ADDS)


@pytest.mark.parametrize("path", ADDS)
def test_an_example_is_found_without_another_edit(
    catalog: dict[str, list[dict[str, str]]], path: str
) -> None:
    section, name = ADDS[path]
    assert name in [found["name"] for found in catalog[section]]
