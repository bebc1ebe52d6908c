"""Endings that are no errors of ours, but that a script must be able to tell."""

from typing import NoReturn

import click

RUN_FAILED = 5
NOT_AS_RECORDED = 6


class Ended(click.ClickException):
    """A command that did its work, and whose answer is bad news."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]

    def show(self, file: object = None) -> None:
        """Say it on standard error."""
        del file
        click.echo(f"artdag: {self.message}", err=True)


def end(message: str, code: int) -> NoReturn:
    """Leave with this exit code."""
    raise Ended(message, code)
