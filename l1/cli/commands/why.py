"""`artdag why CID`: where content came from."""

import json

import click

from l1.cli.telling import json_option


@click.command("why")
@click.argument("what", metavar="CID|RUN")
@json_option
def command(what: str, *, as_json: bool) -> None:
    """Print the ancestry of content, or of a run's output, and why each step was rendered or found done."""
    from l1.cli import contents
    from l1.cli.lineage import Origin, ancestry, as_lines, as_tree
    from l1.cli.node import Node, on_node

    async def follow(node: Node) -> Origin:
        return await ancestry(node, await contents.named(node, what))

    origin = on_node(follow)
    if as_json:
        click.echo(json.dumps(as_tree(origin), default=str))
    else:
        click.echo("\n".join(as_lines(origin)))
