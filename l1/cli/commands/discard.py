"""`artdag discard RUN`: throw a run away."""

import click

from l1.cli.telling import json_option, tell


@click.command("discard")
@click.argument("run_id", metavar="RUN")
@json_option
def command(run_id: str, *, as_json: bool) -> None:
    """Throw a run away, with what only it needed; inputs stay."""
    from l1.actions.discard_run import discard_run
    from l1.cli.node import on_node

    on_node(lambda node: discard_run(node.services, node.caller, run_id))
    tell({"discarded": run_id}, as_json=as_json)
