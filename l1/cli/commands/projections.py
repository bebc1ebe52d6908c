"""`artdag projections`: the views, which can always be made again from the log."""

import click

from l1.cli.telling import json_option, table


@click.group("projections")
def command() -> None:
    """Look at the views and rebuild them."""


@command.command("list")
@json_option
def list_projections(*, as_json: bool) -> None:
    """List the views: version, how far each has come, and whether it runs."""
    from l1.cli.node import on_node
    from l1.cli.rebuilding import checkpoints

    table(on_node(checkpoints), ("name", "version", "position", "state", "error"), as_json=as_json)


@command.command("rebuild")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
def rebuild(names: tuple[str, ...], *, as_json: bool) -> None:
    """Fold the whole log again into views (all by default) while the old ones serve."""
    from l1.cli.node import on_node
    from l1.cli.rebuilding import rebuild as rebuild_views

    rows = on_node(lambda node: rebuild_views(node, names))
    table(rows, ("name", "position", "seconds"), as_json=as_json)
