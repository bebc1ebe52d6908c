"""Flags that the first releases had: taken, so that what calls them goes on working."""

from pathlib import Path
from typing import TypeVar

import click

from l1.cli.telling import note
from l1.errors import Refused

F = TypeVar("F")


def older_flags(command: F) -> F:
    """Give a command the flags of the first releases beside its own."""
    for option in (_IPFS, _WHOLE, _ANALYSIS, _CACHE):
        command = option(command)  # type: ignore[type-var]
    return command


def _check_folder(_ctx: click.Context, _parameter: click.Parameter, folder: str | None) -> None:
    """Take the folder that the node has; in any other its content would count as lost."""
    if folder is None:
        return
    from l1.settings import from_environment  # noqa: PLC0415 - not for `--help`

    kept = from_environment().content_folder
    if Path(folder).expanduser().absolute() != kept:
        raise Refused(
            f"this node keeps its content in {kept}; a node of its own for {folder} has "
            "ARTDAG_HOME and CACHE_DIR set",
            code="other_folder",
        )


def _say_found(_ctx: click.Context, _parameter: click.Parameter, file: str | None) -> None:
    if file:
        note(f"{file} is not needed: what was analysed before is found by its content")


def _refuse_ipfs(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        raise Refused("content is kept on this machine alone so far", code="no_ipfs")


_CACHE = click.option(
    "--cache-dir",
    metavar="FOLDER",
    expose_value=False,
    callback=_check_folder,
    help="Taken for older scripts: the folder of CACHE_DIR, and no other.",
)
_ANALYSIS = click.option(
    "--analysis",
    metavar="FILE",
    expose_value=False,
    callback=_say_found,
    help="Taken for older scripts; analyses are found by content.",
)
_WHOLE = click.option(
    "--no-tree-reduction",
    is_flag=True,
    expose_value=False,
    help="Taken for older scripts; nothing is reduced.",
)
_IPFS = click.option(
    "--ipfs-primary",
    is_flag=True,
    expose_value=False,
    callback=_refuse_ipfs,
    help="Not there yet.",
)
