"""The code itself, checked by the tools that the project has chosen, as part of the tests."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_finds_nothing(tool: str) -> None:
    done = subprocess.run(
        [sys.executable, *TOOLS[tool]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_of_the_package_is_swollen() -> None:
    swollen = {
        str(file.relative_to(ROOT)): lines
        for file in (ROOT / "l1").rglob("*.py")
        if (lines := len(file.read_text().splitlines())) > 250
    }
    assert not swollen


def test_the_locks_hold_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {_name(line) for line in project["project"]["dependencies"]}
    dev = {_name(line) for line in project["dependency-groups"]["dev"]}
    assert wanted <= _locked("requirements.lock")
    assert wanted | dev <= _locked("requirements-dev.lock")


def test_the_locks_name_no_registry_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        packages = [block for block in text.split("\n") if block and block[0].isalnum()]
        assert all(line.endswith("\\") for line in packages)


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return match[0].lower().replace("_", "-")


def _locked(file: str) -> set[str]:
    lines = (ROOT / file).read_text().splitlines()
    return {_name(line) for line in lines if line and line[0].isalnum()}
