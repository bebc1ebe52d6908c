"""What the catalogue finds, by kind of thing."""

from collections.abc import Iterable

import click

import l1.analyses
import l1.workers.jobs
from l1 import catalog, compose
from l1.analyses.analysis import Analysis
from l1.cli.entry import artdag
from l1.workers.job import Job

Things = dict[str, list[dict[str, str]]]


def found() -> Things:
    """Give everything that a new file adds to, each with its name and what it is about."""
    analyses = catalog.values(l1.analyses, Analysis, named=lambda each: each.name)
    jobs = catalog.values(l1.workers.jobs, Job, named=lambda job: job.kind)
    views = compose.projections()
    return {
        "effects": [
            {"name": name, "about": node.summary, "code": node.code}
            for name, node in sorted(compose.nodes().items())
        ],
        "analyses": _named((name, each.summary) for name, each in analyses.items()),
        "events": _named((kind, _first_line(cls)) for kind, cls in compose.events().items()),
        "projections": _named((n, ", ".join(t.name for t in v.tables)) for n, v in views.items()),
        "providers": _named((name, each.summary) for name, each in compose.providers().items()),
        "jobs": _named(
            (kind, "given up after repeated failures" if job.capped else "tried until it works")
            for kind, job in jobs.items()
        ),
        "endpoints": _named((f"{e.method} {e.path}", e.summary) for e in compose.endpoints()),
        "commands": _named(_commands()),
    }


def _commands() -> Iterable[tuple[str, str]]:
    with click.Context(artdag) as ctx:
        for name in artdag.list_commands(ctx):
            command = artdag.get_command(ctx, name)
            yield name, command.get_short_help_str(100) if command else ""


def _named(things: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "about": about} for name, about in sorted(things)]


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]
