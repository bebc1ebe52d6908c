"""The command line. Each file in `commands` is a command of that name."""

from l1.cli.entry import artdag, main

__all__ = ["artdag", "main"]
