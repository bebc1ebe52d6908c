"""Writes the reference pages from the code, so that they cannot lie: `python docs/reference.py`.

`tests/test_docs.py` compares what stands in `docs/reference` with what this would write.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from l1 import compose
from l1.dag.node import Params
from l1.dag.params import decimal_text, normalise
from l1.settings import Settings

FOLDER = Path(__file__).parent / "reference"


def pages() -> Mapping[str, str]:
    """Write every page, by file name."""
    return {
        "settings.md": settings(),
        "events.md": events(),
        "effects.md": effects(),
        "endpoints.md": endpoints(),
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


def effects() -> str:
    """List the effects and their parameters."""
    parts = ["# Effects\n\nWhat a step may be. Written by `docs/reference.py`.\n"]
    for name, effect in sorted(compose.effects().items()):
        node = effect.node
        takes = ", ".join(" or ".join(sorted(kinds)) for kinds in node.accepts) or "nothing"
        parts.append(f"## {name}\n\n{node.summary}. Version {node.version}. Takes {takes}.\n")
        rows = [
            (f"`{field.encode_name}`", f"`{_default(field)}`", _description(field.type))
            for field in msgspec.structs.fields(node.params)
        ]
        if rows:
            parts.append(table(("parameter", "default", "meaning"), rows))
    return "\n".join(parts)


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


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in lines
    )


def sentence(doc: str | None) -> str:
    """Give the first paragraph of a docstring as one line."""
    return re.sub(r"\s+", " ", inspect.cleandoc(doc or "").partition("\n\n")[0])


def _default(field: msgspec.structs.FieldInfo) -> str:
    default = field.default
    if isinstance(default, Params):
        return ", ".join(f"{name}: {value}" for name, value in normalise(default).items()) or "{}"
    return decimal_text(default) if hasattr(default, "as_tuple") else str(default)


def _description(kind: object) -> str:
    metas = getattr(kind, "__metadata__", ())
    return next((meta.description for meta in metas if getattr(meta, "description", None)), "")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
