"""`artdag up`: the whole node in one command."""

import os

import click

from l1.cli.telling import json_option

PORT = "8100"


@click.command("up")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(0), help="Worker processes."
)
@click.option(
    "--concurrency", type=click.IntRange(1), help="What each does at once; default: processors."
)
@json_option
def command(workers: int, concurrency: int | None, *, as_json: bool) -> None:
    """Run the server, workers and, where no URL is set, a Postgres and a Redis of its own.

    Prints the address and a link that logs a browser in, once. Listens on 127.0.0.1, port 8100,
    unless HOST and PORT say otherwise. What dies is started again; Ctrl-C ends everything.
    """
    from l1.cli.whole_node import run_whole_node

    environment = dict(os.environ)
    environment["HOST"] = environment.get("HOST") or "127.0.0.1"
    environment["PORT"] = environment.get("PORT") or PORT
    run_whole_node(environment, workers=workers, concurrency=concurrency, as_json=as_json)
