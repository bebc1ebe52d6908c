"""The command `artdag` itself: finds its subcommands and turns errors into exit codes."""

import importlib
import json
import pkgutil
import sys
from typing import IO, Any

import click

import l1
from l1.cli import commands
from l1.cli.telling import wants_json
from l1.errors import Conflict, Failure, NotFound, Unauthorized, Unavailable

EXIT_CODES: tuple[tuple[type[Failure], int], ...] = (
    (NotFound, 3),
    (Unauthorized, 4),
    (Conflict, 7),
    (Unavailable, 75),
    (Failure, 1),
)
"""What a script can tell errors apart by; besides: 2 usage, 5 run failed, 6 not as it was, 130."""

INTERRUPTED = 130
USAGE_CODES = ("bad_setting",)
"""Failures that are wrong usage: a variable whose value cannot be used."""


class Failed(click.ClickException):
    """A failure of ours, as click shows it: on standard error, as JSON where that was asked for."""

    def __init__(self, failure: Failure, *, as_json: bool) -> None:
        super().__init__(failure.message)
        self.exit_code = _exit_code(failure)  # type: ignore[misc]
        self._failure = failure
        self._as_json = as_json

    def show(self, file: IO[Any] | None = None) -> None:
        """Say what went wrong."""
        if not self._as_json:
            click.echo(f"artdag: {self.message}", file=file or sys.stderr)
            return
        failure = self._failure
        told = {"error": failure.code, "message": failure.message, **failure.facts}
        click.echo(json.dumps(told, default=str), file=file or sys.stderr)


def _exit_code(failure: Failure) -> int:
    if failure.code in USAGE_CODES:
        return 2
    return next(code for kind, code in EXIT_CODES if isinstance(failure, kind))


class Commands(click.Group):
    """A group whose subcommands are the files of a folder, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the files."""
        del ctx
        return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the file of a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        found: click.Command = module.command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, with our errors told as click tells its own."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            raise Failed(failure, as_json=wants_json(ctx)) from failure
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            lost = Unavailable(f"{type(error).__name__}: {error}", code="os_error")
            raise Failed(lost, as_json=wants_json(ctx)) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(l1.__version__, prog_name="artdag", message="%(prog)s %(version)s")
def artdag() -> None:
    """Render art from recipes, once: content in, content out, with its history.

    Data goes to standard output, messages to standard error. Exit codes: 0 done, 1 failed,
    2 wrong usage, 3 not found, 4 not allowed in, 5 the run failed, 6 not as recorded, 7 in
    conflict, 75 try again later, 130 interrupted.
    """


def main() -> None:
    """Run the command line."""
    artdag(prog_name="artdag")
