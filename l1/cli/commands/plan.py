"""`artdag plan RECIPE`: plan without running."""

from pathlib import Path

import click

from l1.cli.older import older_flags
from l1.cli.telling import json_option


@click.command("plan")
@click.argument("recipe", metavar="RECIPE|EFFECT")
@click.option("-i", "--input", "inputs", multiple=True, metavar="[NAME=]FILE|CID", help="An input.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the plan to this file."
)
@click.option("--dry-run", is_flag=True, help="Only say what is cached, what would run, and why.")
@older_flags
@json_option
def command(
    recipe: str, inputs: tuple[str, ...], output: Path | None, *, dry_run: bool, as_json: bool
) -> None:
    """Make the plan of a recipe over inputs and print it as JSON, for `artdag execute`."""
    from l1.cli.planning import make_plan, write_plan
    from l1.cli.running import Order, tell_outlook

    outlook = make_plan(Order(recipe=recipe, inputs=inputs))
    if dry_run:
        tell_outlook(outlook, as_json=as_json)
    else:
        write_plan(outlook.plan, output)
