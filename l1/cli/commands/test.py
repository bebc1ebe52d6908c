"""`artdag test`: the tests of this checkout."""

import os
import sys

import click

from l1.cli.checkout import root

_UNKNOWN = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.command("test", context_settings=_UNKNOWN)
@click.option("--storm", is_flag=True, help="The long kill, load and fuzz runs as well.")
@click.option("--real", is_flag=True, help="Also those that fetch real media or peers.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]...")
def command(arguments: tuple[str, ...], *, storm: bool, real: bool) -> None:
    """Run the tests, with linting, types and contracts among them. Further arguments are pytest's."""
    folder = root()
    left_out = [f"not {name}" for name, on in (("storm", storm), ("real", real)) if not on]
    chosen = ["-m", " and ".join(left_out)] if left_out else ["-m", "storm or not storm"]
    os.chdir(folder)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *chosen, *arguments])  # noqa: S606
