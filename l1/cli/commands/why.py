"""`artdag why CID`: where content came from."""

import json

import click

from l1.cli.telling import json_option


@click.command("why")
@click.argument("cid", metavar="CID")
@json_option
def command(cid: str, *, as_json: bool) -> None:
    """Print the ancestry of content, and why each step was rendered or found done."""
    from l1.cli.lineage import ancestry, as_lines, as_tree
    from l1.cli.node import on_node

    origin = on_node(lambda node: ancestry(node, cid))
    if as_json:
        click.echo(json.dumps(as_tree(origin), default=str))
    else:
        click.echo("\n".join(as_lines(origin)))
