"""The reference pages say what the code says."""

import importlib.util
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


@pytest.mark.parametrize("name", ["settings.md", "events.md", "effects.md", "endpoints.md"])
def test_a_reference_page_is_up_to_date(name: str) -> None:
    written = load().pages()[name]
    assert (DOCS / "reference" / name).read_text() == written, "run: python docs/reference.py"
