"""`artdag run RECIPE`: start a run, and watch it."""

from pathlib import Path

import click

from l1.cli.telling import json_option


@click.command("run")
@click.argument("recipe", metavar="RECIPE|EFFECT")
@click.option("-i", "--input", "inputs", multiple=True, metavar="[NAME=]FILE|CID", help="An input.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the output here.")
@click.option("--name", default="", help="A name for the output.")
@click.option("--watch/--detach", default=True, help="Wait for the result (default), or do not.")
@click.option("--dry-run", is_flag=True, help="Say what is cached, what would run, and why.")
@click.option("--reuse", is_flag=True, help="Answer with a completed run of the same meaning.")
@json_option
def command(
    recipe: str,
    inputs: tuple[str, ...],
    output: Path | None,
    name: str,
    *,
    watch: bool,
    dry_run: bool,
    reuse: bool,
    as_json: bool,
) -> None:
    """Run a recipe (its name, its file or its CID) or an effect over inputs."""
    from l1.cli.running import Order, carry_out, say_what_would_run

    order = Order(
        recipe=recipe, inputs=inputs, output_name=name, wait=watch, reuse=reuse, output=output
    )
    if dry_run:
        say_what_would_run(order, as_json=as_json)
    else:
        carry_out(order, as_json=as_json)
