"""Shows how far a run is: bars on a terminal, a few lines elsewhere; always on standard error."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from l1.cli.telling import note

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Display(Protocol):
    """Shows progress."""

    def state(self, text: str) -> None:
        """Show what the run is doing."""
        ...

    def step(self, label: str, done: int, total: int) -> None:
        """Show how far a step is; a `total` of 0 is not known."""
        ...


@contextlib.contextmanager
def display(*, quiet: bool = False) -> Iterator[Display]:
    """Choose how to show progress."""
    if quiet:
        yield Silent()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        from rich.console import Console  # noqa: PLC0415 - loaded only where there is a terminal
        from rich.progress import Progress  # noqa: PLC0415

        with Progress(console=Console(stderr=True), transient=True) as progress:
            yield Bars(progress)


class Silent:
    """Shows nothing."""

    def state(self, text: str) -> None:
        """Take note of nothing."""

    def step(self, label: str, done: int, total: int) -> None:
        """Take note of nothing."""


class Lines:
    """Shows progress as lines, a quarter at a time: for pipes and logs."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._state = ""

    def state(self, text: str) -> None:
        """Say what the run is doing when that changes."""
        if text != self._state:
            self._state = text
            note(f"run {text}")

    def step(self, label: str, done: int, total: int) -> None:
        """Say how far a step is at each quarter."""
        quarter = done * 4 // total if total > 0 else 0
        if quarter > self._said.get(label, 0):
            self._said[label] = quarter
            note(f"{label}: {quarter * 25} %")


class Bars:
    """Shows a bar for each step."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._run = progress.add_task("run", total=None)
        self._bars: dict[str, TaskID] = {}

    def state(self, text: str) -> None:
        """Name the state beside the first bar."""
        self._progress.update(self._run, description=f"run {text}")

    def step(self, label: str, done: int, total: int) -> None:
        """Move a step's bar."""
        if label not in self._bars:
            self._bars[label] = self._progress.add_task(label, total=total or None)
        self._progress.update(self._bars[label], completed=done, total=total or None)
