"""`artdag rm CID`: delete content."""

import click

from l1.cli.telling import json_option, tell


@click.command("rm")
@click.argument("cid", metavar="CID")
@json_option
def command(cid: str, *, as_json: bool) -> None:
    """Delete content that nothing needs; otherwise say what needs it, and leave with 7."""
    from l1.actions.delete_content import delete_content
    from l1.cli import contents
    from l1.cli.node import on_node

    contents.check_name(cid)
    on_node(lambda node: delete_content(node.services, node.caller, cid))
    tell({"deleted": cid}, as_json=as_json)
