"""`artdag storage`: what lies in the store."""

import click

from l1.cli.telling import json_option


@click.group("storage")
def command() -> None:
    """Look after the store of this node's content."""


@command.command("sweep")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@json_option
def sweep(*, dry_run: bool, as_json: bool) -> None:
    """Remove bytes that no fact knows and that are older than ARTDAG_ORPHAN_SECONDS.

    A kill between a file and its fact leaves such bytes. Workers sweep them too, once an hour.
    """
    from l1.cli import sweeping
    from l1.cli.node import on_node

    swept = on_node(lambda node: sweeping.sweep(node, dry_run=dry_run))
    sweeping.tell_swept(swept, dry_run=dry_run, as_json=as_json)
