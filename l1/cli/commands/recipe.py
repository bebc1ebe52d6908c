"""`artdag recipe`: check, show, keep and remove recipes."""

import json
from pathlib import Path

import click

from l1.cli.telling import json_option, table, tell


@click.group("recipe")
def command() -> None:
    """Check, show, keep and remove recipes."""


@command.command("lint")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@json_option
def lint(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Check recipes without running a node; a mistake is told with file, line and column."""
    from l1.cli import recipes

    found = [recipes.lint(file) for file in files]
    for each in found:
        if as_json:
            click.echo(json.dumps(each))
        elif each["ok"]:
            click.echo(f"{each['file']}: ok: {each['name']}, {each['steps']} steps")
        else:
            click.echo(each["message"], err=True)
    if not all(each["ok"] for each in found):
        click.get_current_context().exit(1)


@command.command("show")
@click.argument("name", metavar="NAME|CID|FILE")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Say what a recipe takes and does."""
    from l1.cli import recipes
    from l1.cli.node import on_node

    found = on_node(lambda node: recipes.find(node, name))
    if as_json:
        tell(recipes.described(found), as_json=True)
    else:
        click.echo(recipes.in_words(found))


@command.command("schema")
@json_option
def schema(*, as_json: bool) -> None:
    """Print the JSON Schema of recipes, with every node type and its parameters."""
    from l1.compose import nodes
    from l1.dag.recipe_schema import recipe_schema

    click.echo(json.dumps(recipe_schema(nodes()), indent=None if as_json else 2))


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def add(file: Path, *, as_json: bool) -> None:
    """Keep a recipe, so that it can be run by its name; the newest of a name counts."""
    from l1.cli import recipes
    from l1.cli.node import on_node

    tell(on_node(lambda node: recipes.add(node, file)), as_json=as_json)


@command.command("ls")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most.")
@json_option
def ls(limit: int, *, as_json: bool) -> None:
    """List recipes: those that were added, the newest first, then those that ship."""
    from l1.cli import recipes
    from l1.cli.node import on_node

    table(on_node(lambda node: recipes.listed(node, limit)), recipes.COLUMNS, as_json=as_json)


@command.command("rm")
@click.argument("name", metavar="NAME|CID")
@json_option
def rm(name: str, *, as_json: bool) -> None:
    """Remove a recipe that no run names."""
    from l1.cli import recipes
    from l1.cli.node import on_node

    tell(on_node(lambda node: recipes.remove(node, name)), as_json=as_json)
