"""`artdag get CID|RUN`: take content out."""

import sys
from pathlib import Path

import click

from l1.cli.telling import json_option, tell


@click.command("get")
@click.argument("what", metavar="CID|RUN")
@click.option("-o", "--output", metavar="FILE", help="Where to; `-` is standard output.")
@json_option
def command(what: str, output: str | None, *, as_json: bool) -> None:
    """Write content, or the output of a run, to a file: by default CID.ending in this folder."""
    from l1.actions.open_content import open_content
    from l1.cli import contents
    from l1.cli.node import Node, on_node
    from l1.cli.running import check_folder

    async def fetch(node: Node) -> dict[str, object]:
        item = await contents.named(node, what)
        if output == "-":
            source = await open_content(node.services, node.caller, item.cid)
            contents.pour(source, sys.stdout.buffer)
            return {}
        target = Path(output or contents.file_name(item))
        if target.is_dir():
            target /= contents.file_name(item)
        check_folder(target)
        await contents.write_out(node, item, target)
        return {"cid": item.cid, "size": item.size, "path": str(target)}

    written = on_node(fetch)
    if written:
        tell(written, as_json=as_json)
