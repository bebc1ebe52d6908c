"""`artdag execute PLAN`: run a plan."""

from pathlib import Path

import click

from l1.cli.older import older_flags
from l1.cli.telling import json_option


@click.command("execute")
@click.argument("plan", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.option("--name", default="", help="A name for the output.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the output here.")
@click.option("--dry-run", is_flag=True, help="Say what is cached, what would run, and why.")
@older_flags
@json_option
def command(plan: Path, name: str, output: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Run a plan that `artdag plan` made. The keys that it claims are made anew."""
    from l1.cli.planning import run_plan, say_of_plan

    if dry_run:
        say_of_plan(plan, as_json=as_json)
    else:
        run_plan(plan, name=name, output=output, as_json=as_json)
