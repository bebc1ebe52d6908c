"""`artdag ls runs|media`: what there is."""

import click

from l1.cli.telling import json_option, table


@click.command("ls")
@click.argument("what", type=click.Choice(["runs", "media"]), default="runs")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="At most.")
@click.option("--kind", help="Media of this kind only: video, audio, image.")
@json_option
def command(what: str, limit: int, kind: str | None, *, as_json: bool) -> None:
    """List runs or media, the newest first."""
    from l1.cli import listing
    from l1.cli.node import on_node

    if what == "runs":
        rows = on_node(lambda node: listing.of_runs(node, limit))
        table(rows, listing.RUN_COLUMNS, as_json=as_json)
    else:
        rows = on_node(lambda node: listing.of_media(node, limit, kind))
        table(rows, listing.MEDIA_COLUMNS, as_json=as_json)
