"""`artdag retry RUN`: try a failed or cancelled run again."""

import click

from l1.cli.telling import json_option


@click.command("retry")
@click.argument("run_id", metavar="RUN")
@json_option
def command(run_id: str, *, as_json: bool) -> None:
    """Start a failed or cancelled run anew and watch it; what is done already is not done again."""
    from l1.actions.retry_run import retry_run
    from l1.cli.following import follow
    from l1.cli.node import Node, on_node
    from l1.cli.results import conclude
    from l1.cli.serving import served
    from l1.projections.runs import Run

    async def again(node: Node) -> Run:
        started = await retry_run(node.services, node.caller, run_id)
        await node.services.views.wait_for("runs", started.position, seconds=10)
        async with served(node):
            return await follow(node, started.run_id, quiet=as_json)

    conclude(on_node(again), as_json=as_json)
