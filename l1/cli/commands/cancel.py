"""`artdag cancel RUN`: stop a run."""

import click

from l1.cli.telling import json_option, tell


@click.command("cancel")
@click.argument("run_id", metavar="RUN")
@json_option
def command(run_id: str, *, as_json: bool) -> None:
    """Stop a run. Work that other runs share goes on."""
    from l1.actions.cancel_run import cancel_run
    from l1.cli.node import on_node

    on_node(lambda node: cancel_run(node.services, node.caller, run_id))
    tell({"run_id": run_id, "status": "cancelled"}, as_json=as_json)
