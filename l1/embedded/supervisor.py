"""Keeps the processes of a node running, and takes all of them along when it goes."""

import asyncio
import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from l1.embedded.child import Child, Program

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a program is doing: its process, None between two lives, and how often it died."""

    name: str
    pid: int | None
    deaths: int


class Supervisor:
    """Runs groups of programs: groups start in order and stop in reverse, a group as one.

    A program that dies is started again, after a delay that doubles up to ten seconds. When this
    process is killed outright, each program gets its `death_signal` from the kernel.
    """

    def __init__(self, groups: Sequence[Sequence[Program]]) -> None:
        self._groups = [[Child(program) for program in group] for group in groups]
        self._asked = asyncio.Event()

    @property
    def states(self) -> list[State]:
        """How each program is doing, in the order they were given."""
        return [
            State(name=child.program.name, pid=child.pid, deaths=child.deaths)
            for group in self._groups
            for child in group
        ]

    async def run(self) -> None:
        """Run until SIGTERM, SIGINT or `ask_to_stop`; a second signal ends all without grace."""
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGTERM, signal.SIGINT)
        for number in numbers:
            loop.add_signal_handler(number, self._on_signal)
        try:
            self.start()
            await self._asked.wait()
        finally:
            await asyncio.to_thread(self.stop)
            for number in numbers:
                loop.remove_signal_handler(number)

    def ask_to_stop(self) -> None:
        """Make `run` stop everything and return; to be called on its event loop."""
        self._asked.set()

    def start(self) -> None:
        """Start all programs and keep them running; returns at once."""
        for group in self._groups:
            for child in group:
                child.start()

    def stop(self) -> None:
        """Stop all, the last group first; returns when every process is gone."""
        for group in reversed(self._groups):
            for child in group:
                child.ask()
            for child in group:
                child.wait()

    def _on_signal(self) -> None:
        if self._asked.is_set():
            logger.warning("asked twice: ending every process now")
            for group in self._groups:
                for child in group:
                    child.ask()
                    child.kill()
        self._asked.set()
