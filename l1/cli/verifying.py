"""Checks that the node is what its log says, and content what its name says."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from l1.cli.node import Node
from l1.compose import projections
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.provenance import Provenance
from l1.log import verifying as log
from l1.projections import verifying as views
from l1.projections.runs import Run
from l1.storage.identifier import Identifier
from l1.work import rebuild as work

if TYPE_CHECKING:
    import asyncpg

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The log's size and root, and what is not as it should be."""

    facts: int
    root: str
    differences: tuple[str, ...]


async def verify_log(node: Node) -> Verdict:
    """Recompute every leaf and the root; fold the views and the work again and compare."""
    services = node.services
    pool = services.views.pool
    found = list(await log.differences(pool, services.codec))
    async with pool.acquire() as connection:
        plain = cast("asyncpg.Connection[asyncpg.Record]", connection)  # a proxy acts as one
        found += await views.differences(plain, projections().values(), services.reader)
        found += await work.differences(plain)
    facts, root = await services.roots.newest()
    return Verdict(facts=facts, root=root, differences=tuple(found))


async def verify_run(node: Node, run: Run, file: Path) -> list[str]:
    """Hash a run's output again and hold its provenance against it; says what does not fit."""
    if not run.output or not run.provenance:
        return [f"run {run.run_id} has no output"]
    found = []
    hashed = await asyncio.to_thread(_identify, file)
    if hashed.cid != run.output:
        found.append(f"{file} is {hashed.cid}, not {run.output}")
    # What the store hands out has been hashed against its name.
    record = Provenance.from_json(await node.services.store.read(Cid(run.provenance)))
    if (record.output.cid, record.output.content_hash) != (hashed.cid, hashed.content_hash):
        found.append(f"provenance {run.provenance} names the output {record.output.cid}")
    if {item.cid for item in record.inputs} != set(run.inputs.values()):
        found.append(f"provenance {run.provenance} names other inputs")
    return found


def _identify(file: Path) -> Identity:
    with Identifier() as identifier, file.open("rb") as handle:
        while piece := handle.read(_PIECE):
            identifier.update(piece)
        return identifier.finish()
