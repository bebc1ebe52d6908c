"""Writes the reference pages from the code, so that they cannot lie: `python docs/reference.py`.

`tests/test_docs.py` compares what stands in `docs/reference` with what this would write.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from docs.nodes.pages import pages as node_pages
from docs.nodes.tables import table
from l1 import compose
from l1.settings import Settings

FOLDER = Path(__file__).parent / "reference"


def pages() -> Mapping[str, str]:
    """Write every page, by file name."""
    return {
        "settings.md": settings(),
        "events.md": events(),
        "endpoints.md": endpoints(),
        **node_pages(compose.nodes()),
    }


def settings() -> str:
    """List the variables."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.is_required() else str(field.default or "")
        default = {"home": "~/.artdag", "cache_dir": "$ARTDAG_HOME/cache"}.get(name, default)
        rows.append(
            (f"`{field.alias}`", f"`{default}`" if default else "", field.description or "")
        )
    return page(
        "Settings", "Variables of the environment.", ("variable", "default", "meaning"), rows
    )


def events() -> str:
    """List the kinds of facts."""
    rows = []
    for kind, cls in sorted(compose.events().items()):
        fields = ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(cls))
        rows.append((f"`{kind}`", str(cls.schema), fields, sentence(cls.__doc__)))
    return page(
        "Events", "Kinds of facts in the log.", ("kind", "schema", "fields", "meaning"), rows
    )


def endpoints() -> str:
    """List what the server answers."""
    rows = [
        (f"`{e.method} {e.path}`", "anyone" if e.public else "owner", e.summary)
        for e in sorted(compose.endpoints(), key=lambda e: (e.path, e.method))
    ]
    return page("Endpoints", "What the server answers.", ("request", "who", "what"), rows)


def page(title: str, lead: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a page that is one table."""
    return f"# {title}\n\n{lead} Written by `docs/reference.py`.\n\n{table(head, rows)}"


def sentence(doc: str | None) -> str:
    """Give the first paragraph of a docstring as one line."""
    return re.sub(r"\s+", " ", inspect.cleandoc(doc or "").partition("\n\n")[0])


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text)
