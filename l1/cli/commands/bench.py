"""`artdag bench`: the benchmarks of this checkout."""

import os
import sys

import click

from l1.cli.checkout import root


@click.command("bench", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[NAME]... [--quick]")
def command(arguments: tuple[str, ...]) -> None:
    """Measure against named peers, all benchmarks or those named."""
    os.chdir(root())
    os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments])  # noqa: S606 - ourselves
