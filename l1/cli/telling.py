"""How commands talk: data on standard output, messages on standard error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

F = TypeVar("F")
_AS_JSON = "l1.as_json"


def json_option(command: F) -> F:
    """Give a command the flag `--json`."""
    decorate = click.option(
        "--json", "as_json", is_flag=True, help="Print JSON.", callback=_remember
    )
    return decorate(command)  # type: ignore[type-var]


def wants_json(ctx: click.Context) -> bool:
    """Tell whether `--json` was given, for those who report an error."""
    return bool(ctx.meta.get(_AS_JSON))


def _remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    ctx.meta[_AS_JSON] = value
    return value


def tell(value: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: an object as JSON, else a line per field."""
    if as_json:
        click.echo(json.dumps(value, default=str))
        return
    wide = max((len(name) for name in value), default=0)
    for name, field in value.items():
        if field not in (None, ""):
            click.echo(f"{name.replace('_', ' '):<{wide}}  {field}")


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print many things: a line of JSON each, else a table whose columns are aligned."""
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, default=str))
        return
    cells = [[name.replace("_", " ").upper() for name in columns]]
    cells += [["" if row.get(c) is None else str(row[c]) for c in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        padded = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def note(message: str) -> None:
    """Say something on the side."""
    click.echo(message, file=sys.stderr)
