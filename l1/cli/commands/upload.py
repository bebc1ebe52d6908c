"""`artdag upload FILE...`: bring content in."""

from pathlib import Path

import click

from l1.cli.telling import json_option, table


@click.command("upload")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@json_option
def command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Store files and print their CIDs. Equal content has one CID, however often it comes."""
    from l1.cli import contents
    from l1.cli.node import Node, on_node

    async def store(node: Node) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for file in files:
            kept = await contents.upload(node, file)
            rows.append(
                {
                    "cid": kept.cid,
                    "content_hash": kept.content_hash,
                    "size": kept.size,
                    "file": str(file),
                }
            )
        return rows

    table(on_node(store), ("cid", "size", "file"), as_json=as_json)
