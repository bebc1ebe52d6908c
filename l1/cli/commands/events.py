"""`artdag events`: the log, which is the truth."""

import json

import click

from l1.cli.telling import json_option, table, tell

COLUMNS = ("position", "at", "kind", "stream", "actor", "origin")


@click.group("events")
def command() -> None:
    """Read and verify the log of facts."""


@command.command("list")
@click.option("--after", default=0, help="Only facts behind this position.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most.")
@json_option
def list_events(after: int, limit: int, *, as_json: bool) -> None:
    """List facts in order."""
    from l1.cli import history
    from l1.cli.node import on_node

    rows = on_node(lambda node: history.page(node, after=after, limit=limit))
    table(rows, COLUMNS, as_json=as_json)


@command.command("show")
@click.argument("position", type=click.IntRange(1))
@json_option
def show(position: int, *, as_json: bool) -> None:
    """Show one fact whole."""
    from l1.cli import history
    from l1.cli.node import on_node

    fact = on_node(lambda node: history.one(node, position))
    if not as_json:
        fact["data"] = json.dumps(fact["data"], ensure_ascii=False)
    tell(fact, as_json=as_json)


@command.command("tail")
@click.option("--after", type=int, help="Begin behind this position; by default at the end.")
def tail(after: int | None) -> None:
    """Print facts as they happen, a line of JSON each, until interrupted."""
    from l1.cli import history
    from l1.cli.node import on_node

    on_node(lambda node: history.tail(node, after=after))


@command.command("verify")
@json_option
def verify(*, as_json: bool) -> None:
    """Hash every fact again and fold every view and the work again; leave with 6 on a difference."""
    from l1.actions.verify import verify_log
    from l1.cli.exits import NOT_AS_RECORDED, end
    from l1.cli.node import on_node
    from l1.compose import projections

    verdict = on_node(lambda node: verify_log(node.services, projections().values()))
    if as_json:
        fields = {"facts": verdict.facts, "root": verdict.root}
        tell(fields | {"differences": list(verdict.differences)}, as_json=True)
    if verdict.differences:
        end("\n".join(f"not as recorded: {each}" for each in verdict.differences), NOT_AS_RECORDED)
    if not as_json:
        click.echo(f"verified: {verdict.facts} facts, root {verdict.root}")
