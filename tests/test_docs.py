"""The reference pages say what the code says."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written() -> Mapping[str, str]:
    return load().pages()


def test_every_reference_page_is_up_to_date(written: Mapping[str, str]) -> None:
    stale = [name for name, text in written.items() if text != _text(DOCS / "reference" / name)]
    assert not stale, "run: python docs/reference.py"


def test_there_is_no_page_of_what_is_no_more(written: Mapping[str, str]) -> None:
    there = {str(page.relative_to(DOCS / "reference")) for page in DOCS.glob("reference/**/*.md")}
    assert there == set(written)


def _text(page: Path) -> str:
    return page.read_text() if page.exists() else ""
