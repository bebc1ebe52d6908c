"""Sweeps the store for a command, and tells what went."""

from l1.actions.sweep_storage import Swept, sweep_storage
from l1.cli.node import Node
from l1.cli.telling import note, table, tell


async def sweep(node: Node, *, dry_run: bool) -> Swept:
    """Remove orphans, or only name them."""
    return await sweep_storage(
        node.services, node.caller, grace_s=node.settings.orphan_seconds, dry_run=dry_run
    )


def tell_swept(swept: Swept, *, dry_run: bool, as_json: bool) -> None:
    """Print the orphans, then how many they are."""
    rows = [{"cid": orphan.cid, "size": orphan.size} for orphan in swept.orphans]
    total = sum(orphan.size for orphan in swept.orphans)
    if as_json:
        told = {"orphans": rows, "bytes": total, "unfinished": swept.unfinished, "dry_run": dry_run}
        tell(told, as_json=True)
        return
    if rows:
        table(rows, ("cid", "size"), as_json=False)
    word = "would be removed" if dry_run else "removed"
    note(f"{len(rows)} orphan{'' if len(rows) == 1 else 's'} of {total} bytes in all {word}")
