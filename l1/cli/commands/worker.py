"""`artdag worker`: render for a node."""

import os

import click

from l1.cli.telling import note

QUEUES = ("cpu", "io", "llm")


@click.command("worker")
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    help="How many pieces of work of each queue at once; by default one for each processor.",
)
@click.option(
    "--queue",
    "queues",
    default=",".join(QUEUES),
    show_default=True,
    help="What kinds of work to take, separated by commas: cpu renders, io waits, llm asks models.",
)
def command(concurrency: int | None, queues: str) -> None:
    """Work for the node whose DATABASE_URL and REDIS_URL are set, until stopped.

    What is not finished when it stops is taken up by others; killing it loses nothing either.
    """
    from l1.cli.serving import work_until_stopped

    each = concurrency or os.cpu_count() or 1
    names = [name.strip() for name in queues.split(",") if name.strip()]
    unknown = sorted(set(names) - set(QUEUES))
    if unknown or not names:
        raise click.UsageError(f"--queue takes {' and '.join(QUEUES)}, not {', '.join(unknown)!r}")
    note(f"artdag worker: {', '.join(f'{each} x {name}' for name in names)}")
    work_until_stopped(dict.fromkeys(names, each))
