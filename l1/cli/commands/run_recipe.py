"""`artdag run-recipe RECIPE`: analyse, plan and execute, as the first releases named it."""

from pathlib import Path

import click

from l1.cli.older import older_flags
from l1.cli.telling import json_option


@click.command("run-recipe")
@click.argument("recipe", metavar="RECIPE|EFFECT")
@click.option(
    "-i", "--input", "inputs", multiple=True, metavar="NAME:HASH[@PATH]", help="An input."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the output here.")
@click.option(
    "--features", expose_value=False, help="Taken for older scripts; the recipe says what is heard."
)
@click.option("--name", default="", help="A name for the output.")
@older_flags
@json_option
def command(
    recipe: str, inputs: tuple[str, ...], output: Path | None, name: str, *, as_json: bool
) -> None:
    """Run a recipe and write its output; `artdag run` does the same and more."""
    from l1.cli.running import Order, carry_out

    carry_out(Order(recipe=recipe, inputs=inputs, output_name=name, output=output), as_json=as_json)
