"""`artdag watch RUN`: follow a run to its end."""

import click

from l1.cli.telling import json_option


@click.command("watch")
@click.argument("run_id", metavar="RUN")
@json_option
def command(run_id: str, *, as_json: bool) -> None:
    """Follow a run to its end. Being interrupted leaves it running."""
    from l1.cli.following import follow
    from l1.cli.node import Node, on_node
    from l1.cli.results import conclude
    from l1.cli.serving import served
    from l1.projections import runs
    from l1.projections.runs import Run

    async def watch(node: Node) -> Run:
        run = await runs.get(node.services.views, run_id)
        if run.over:
            return run
        async with served(node):
            return await follow(node, run_id, quiet=as_json)

    conclude(on_node(watch), as_json=as_json)
