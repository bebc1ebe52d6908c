"""Check that the node is what its log says, and that content is what its name says."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from l1.actions.services import Services
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.provenance import Provenance
from l1.errors import Failure
from l1.log import verifying as log
from l1.projections import content, runs
from l1.projections import verifying as views
from l1.projections.projection import Projection
from l1.projections.runs import Run
from l1.storage.identifier import Identifier
from l1.work import rebuild as work

if TYPE_CHECKING:
    import asyncpg

_PIECE = 1 << 20
_WITNESSES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The log's size and root, and what is not as it should be."""

    facts: int
    root: str
    differences: tuple[str, ...]


async def verify_log(services: Services, projections: Iterable[Projection]) -> Verdict:
    """Recompute every leaf and the root, fold the views and the work again, look for each file.

    The roots that the newest provenance records tell are held against the log: who rewrites a fact
    can rewrite its leaf, but not a record that has gone out into the world.
    """
    pool = services.views.pool
    audit = await log.audit(pool, services.codec, heads=await _told_roots(services))
    found = list(audit.wrong)
    async with pool.acquire() as connection:
        plain = cast("asyncpg.Connection[asyncpg.Record]", connection)  # a proxy acts as one
        found += await views.differences(plain, projections, services.reader)
        found += await work.differences(plain)
    lost = await services.store.missing(await content.every_cid(services.views))
    found += [f"content {cid} has no file; `artdag get {cid}` says what to do" for cid in lost]
    return Verdict(facts=audit.size, root=audit.root, differences=tuple(found))


async def _told_roots(services: Services) -> Mapping[int, str]:
    told: dict[int, str] = {}
    for run in await runs.page(services.views, limit=_WITNESSES):
        if run.provenance:
            try:
                record = await _record(services, run.provenance)
            except Failure:
                continue  # that a record is gone or damaged is for `verify_run` to say
            if record.log:
                told[record.log.size] = record.log.root
    return told


async def verify_run(services: Services, run: Run, file: Path) -> list[str]:
    """Hash a run's output again and hold its provenance against it; says what does not fit."""
    if not run.output or not run.provenance:
        return [f"run {run.run_id} has no output"]
    found = []
    hashed = await asyncio.to_thread(_identify, file)
    if hashed.cid != run.output:
        found.append(f"{file} is {hashed.cid}, not {run.output}")
    record = await _record(services, run.provenance)
    if (record.output.cid, record.output.content_hash) != (hashed.cid, hashed.content_hash):
        found.append(f"provenance {run.provenance} names the output {record.output.cid}")
    if {item.cid for item in record.inputs} != set(run.inputs.values()):
        found.append(f"provenance {run.provenance} names other inputs")
    return found


async def _record(services: Services, cid: str) -> Provenance:
    # What the store hands out has been hashed against its name.
    return Provenance.from_json(await services.store.read(Cid(cid)))


def _identify(file: Path) -> Identity:
    with Identifier() as identifier, file.open("rb") as handle:
        while piece := handle.read(_PIECE):
            identifier.update(piece)
        return identifier.finish()
