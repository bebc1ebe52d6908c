"""`artdag effect`: let effects by others be run, list, show and remove them."""

from pathlib import Path

import click

from l1.cli.telling import json_option, table, tell


@click.group("effect")
def command() -> None:
    """Add, list, show and remove effects by others."""


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def add(file: Path, *, as_json: bool) -> None:
    """Let an effect be run here: a Python file, which is read and not run."""
    from l1.cli import effects
    from l1.cli.node import on_node

    tell(on_node(lambda node: effects.add(node, file)), as_json=as_json)


@command.command("ls")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most.")
@json_option
def ls(limit: int, *, as_json: bool) -> None:
    """List effects by others, the newest first."""
    from l1.cli import effects
    from l1.cli.node import on_node

    table(on_node(lambda node: effects.listed(node, limit)), effects.COLUMNS, as_json=as_json)


@command.command("show")
@click.argument("name", metavar="NAME|CID")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Say what an effect is and what can be set."""
    from l1.cli import effects
    from l1.cli.node import on_node

    found = on_node(lambda node: effects.shown(node, name))
    if as_json:
        tell(effects.described(found), as_json=True)
    else:
        click.echo(effects.in_words(found))


@command.command("rm")
@click.argument("name", metavar="NAME|CID")
@json_option
def rm(name: str, *, as_json: bool) -> None:
    """Let an effect be run no longer; what was rendered with it stays."""
    from l1.cli import effects
    from l1.cli.node import on_node

    tell(on_node(lambda node: effects.remove(node, name)), as_json=as_json)
