"""`artdag get CID|RUN`: take content out."""

import sys
from pathlib import Path

import click

from l1.cli.telling import json_option, tell


@click.command("get")
@click.argument("what", metavar="CID|RUN")
@click.option("-o", "--output", metavar="FILE", help="Where to; `-` is standard output.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["otio"]),
    help="Write how a film follows the beat instead, as an OpenTimelineIO edit list.",
)
@json_option
def command(what: str, output: str | None, form: str | None, *, as_json: bool) -> None:
    """Write content, or the output of a run, to a file: by default CID.ending in this folder."""
    from l1.actions.export_schedule import export_schedule
    from l1.actions.open_content import open_content
    from l1.actions.titles import file_name
    from l1.cli import contents
    from l1.cli.node import Node, on_node
    from l1.cli.running import check_folder

    async def fetch(node: Node) -> dict[str, object]:
        item = await contents.named(node, what)
        listed = await export_schedule(node.services, item) if form == "otio" else None
        if output == "-" and listed is not None:
            sys.stdout.buffer.write(listed)
            return {}
        if output == "-":
            source = await open_content(node.services, node.caller, item.cid)
            contents.pour(source, sys.stdout.buffer)
            return {}
        name = file_name(item) if listed is None else f"{item.cid}.otio"
        target = Path(output or name)
        if target.is_dir():
            target /= name
        check_folder(target)
        if listed is not None:
            target.write_bytes(listed)
            return {"cid": item.cid, "size": len(listed), "path": str(target)}
        await contents.write_out(node, item, target)
        return {"cid": item.cid, "size": item.size, "path": str(target)}

    written = on_node(fetch)
    if written:
        tell(written, as_json=as_json)
