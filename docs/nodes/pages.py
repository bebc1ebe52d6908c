"""Writes a page for each node type, and the page that lists them."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

import l1.analyses
import l1.effects
from docs.nodes.example import text_of
from docs.nodes.tables import table
from l1 import catalog
from l1.analyses.analysis import Analysis
from l1.dag.following import bindable
from l1.dag.node import Node, Params
from l1.dag.param_words import describe
from l1.dag.params import decimal_text, normalise
from l1.effects.effect import Effect

IN_COMMON = """\
What all have in common: pictures come to a node upright, at a constant rate, with 8 bits for each
colour and, in a video, with even sides; a video of uneven sides has its last row or column
repeated. Transparency counts where a page says so; elsewhere it is kept in images and laid over
black in videos. An animated image is used by its first picture unless a page says otherwise. A
video or a sound of one picture or one sample is no exception; one without any is refused. Sound
that is not copied is stereo, 48 kHz. Equal inputs and parameters give equal bytes.
"""

_UNITS = {
    "milliseconds": "ms",
    r"(pictures|frames) (in )?a second": "1/s",
    "pixels": "pixels",
    r"^seconds?\b|\bseconds\b": "s",
    "degrees": "degrees",
    "LUFS": "LUFS",
    "dBTP": "dBTP",
    "dBFS|decibels of full scale": "dBFS",
    r"decibels|in dB\b": "dB",
    "in parts of|part of the|share of": "parts of 1",
}
"""How a unit is written in a description, and in the table of parameters."""

_NUMBERS = re.compile("number|list|tuple")


def pages(nodes: Mapping[str, Node]) -> Mapping[str, str]:
    """Write all pages, by their place in the reference."""
    docs = _docstrings()
    written = {f"nodes/{name}.md": _page(node, docs.get(name, "")) for name, node in nodes.items()}
    return {"effects.md": _index(nodes), **written}


def _index(nodes: Mapping[str, Node]) -> str:
    rows = [
        (
            f"[`{name}`](nodes/{name}.md)",
            f'<img src="../pictures/nodes/{name}.webp" width="360" alt="{name}">',
            f"{node.summary}.",
        )
        for name, node in sorted(nodes.items())
    ]
    lead = "What a step may be: each has a page. Written by `docs/reference.py`."
    listed = table(("node", "picture", "what it does"), rows)
    return f"# Effects\n\n{lead}\n\n{IN_COMMON}\n{listed}"


def _page(node: Node, doc: str) -> str:
    example = text_of(node.name)
    caption = example.partition("\n")[0].removeprefix("# ") if example.startswith("# ") else ""
    parts = [
        f"# {node.name.upper()}",
        f"{node.summary}. Version {node.version}. [All node types](../effects.md).",
        f"![{node.name}](../../pictures/nodes/{node.name}.webp)",
        caption,
        "## Inputs",
        _inputs(node),
        "## Parameters",
        _parameters(node),
        _following(node),
        "## Meaning and edges",
        doc,
        "Other edges are the same everywhere: see [what all have in common](../effects.md).",
    ]
    if example:
        parts += ["## Example", f"```yaml\n{example.partition(chr(10))[2]}```"]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _inputs(node: Node) -> str:
    rows = []
    fewest = len(node.accepts) if node.fewest is None else node.fewest
    for number, kinds in enumerate(node.accepts):
        name = node.slots[number] if number < len(node.slots) else ""
        last = number == len(node.accepts) - 1
        notes = ["may be left out"] if number >= fewest else []
        notes += ["may be repeated"] if last and node.many else []
        rows.append((str(number), f"`{name}`" if name else "", _or(kinds), ", ".join(notes)))
    if node.grouped:
        of = _or(node.accepts[0])
        rows = [("", f"`{slot}`", of, "any number, or none") for slot in node.slots]
    gives = "what its input is" if node.gives is None else _gives(node)
    head = ("number", "name", "takes", "")
    return (table(head, rows) if rows else "None.\n") + f"\nIt gives {gives}."


def _gives(node: Node) -> str:
    assert node.gives is not None
    return node.gives if isinstance(node.gives, str) else _or(node.gives)


def _or(kinds: frozenset[str]) -> str:
    return "any" if len(kinds) == 5 else " or ".join(sorted(kinds))


def _parameters(node: Node) -> str:
    rows = list(_rows(node.params))
    if not rows:
        return "None."
    return table(("parameter", "takes", "unit", "default", "meaning"), rows)


def _following(node: Node) -> str:
    """Name the parameters that can follow sound."""
    names = ", ".join(f"`{name}`" for name in bindable(node))
    return f"These can [follow sound](bind.md): {names}." if names else ""


def _rows(params: type[msgspec.Struct], before: str = "") -> Iterator[Sequence[str]]:
    """List parameters; those inside of a map or a list of maps follow it."""
    for field in msgspec.structs.fields(params):
        takes = describe(params, field.encode_name).rpartition("; ")[0]
        meaning = _description(field.type)
        name = f"{before}{field.encode_name}"
        unit = _unit(meaning) if _NUMBERS.search(takes) else ""
        yield f"`{name}`", takes, unit, _default(field), meaning
        for inner, mark in _maps_in(msgspec.inspect.type_info(field.type)):
            yield from _rows(inner, f"{name}{mark}.")


def _maps_in(kind: msgspec.inspect.Type) -> Iterator[tuple[type[msgspec.Struct], str]]:
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            yield from _maps_in(inner)
        case msgspec.inspect.UnionType(types=choices):
            for choice in choices:
                yield from _maps_in(choice)
        case msgspec.inspect.VarTupleType(item_type=inner):
            yield from ((cls, "[]") for cls, _ in _maps_in(inner))
        case msgspec.inspect.StructType(cls=cls):
            yield cls, ""


def _unit(meaning: str) -> str:
    found = (unit for written, unit in _UNITS.items() if re.search(written, meaning, re.IGNORECASE))
    return next(found, "")


def _default(field: msgspec.structs.FieldInfo) -> str:
    made = field.default_factory
    default = field.default if made is msgspec.NODEFAULT else made()
    if field.required:
        return "required"
    if default is None or default == ():
        return ""
    if isinstance(default, Params):
        inner = normalise(default).items()
        return ", ".join(f"`{name}: {value}`" for name, value in inner)
    if isinstance(default, tuple):
        return f"`[{', '.join(map(str, default))}]`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    text = decimal_text(default) if hasattr(default, "as_tuple") else str(default)
    return f"`{text}`" if text else ""


def _description(kind: object) -> str:
    metas = getattr(kind, "__metadata__", ())
    return next((meta.description for meta in metas if getattr(meta, "description", None)), "")


def _docstrings() -> Mapping[str, str]:
    """Read what the file of each node says of it, without the name that it begins with."""
    files = catalog.files(l1.analyses, Analysis, named=lambda analysis: analysis.name)
    files |= catalog.files(l1.effects, Effect, named=lambda effect: effect.node.name)
    return {name: _docstring(path) for name, path in files.items()}


def _docstring(path: Path) -> str:
    text = re.sub(r"^[A-Z_]+: ", "", ast.get_docstring(ast.parse(path.read_text())) or "")
    return text[:1].upper() + text[1:]
