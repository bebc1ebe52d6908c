"""Flags that the first releases had: taken, so that what calls them goes on working."""

import os
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


def _use_folder(_ctx: click.Context, _parameter: click.Parameter, folder: str | None) -> None:
    if folder:
        os.environ["CACHE_DIR"] = folder


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
    callback=_use_folder,
    help="Where content is kept, as CACHE_DIR says it.",
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
