"""Carries out what `verify` asks for."""

from l1.actions.find_recipe import Found
from l1.actions.open_content import open_content
from l1.actions.start_run import Started, start_run
from l1.actions.verify_content import (
    Verification,
    compare_again,
    compare_sample,
    conclude,
    render_again,
)
from l1.cli import contents
from l1.cli.exits import NOT_AS_RECORDED, end
from l1.cli.following import follow
from l1.cli.node import Node, on_node
from l1.cli.serving import served
from l1.cli.telling import tell
from l1.content.cid import Cid
from l1.errors import Refused
from l1.projections.runs import Run

_WORDS = {
    "kept": "its bytes are what its name says",
    "same": "rendered again: the same bytes",
    "sampled": "rendered again in part: these segments are those it was joined of",
    "alike": "rendered again: other bytes, but every picture and sample is the same",
    "different": "rendered again: something else came out",
}


def verify(what: str, *, rerender: bool, sample: int, as_json: bool) -> None:
    """Check content and print what was found."""
    found = on_node(
        lambda node: _verify(node, what, rerender=rerender, sample=sample, quiet=as_json)
    )
    tell(
        {
            "cid": found.cid,
            "outcome": found.outcome,
            "said": _WORDS[found.outcome],
            **({"run_id": found.run_id, "found": found.found} if found.run_id else {}),
            **({"segments": list(found.sample)} if found.sample else {}),
            **({"differs": list(found.differs)} if found.differs else {}),
        },
        as_json=as_json,
    )
    if found.outcome == "different":
        places = ", ".join(found.differs[:3]) or "all of it"
        end(f"{found.cid} is not what its recipe gives here: {places}", NOT_AS_RECORDED)


async def _verify(
    node: Node, what: str, *, rerender: bool, sample: int, quiet: bool
) -> Verification:
    cid = (await contents.named(node, what)).cid
    await open_content(node.services, node.caller, cid)  # reads all of it, and hashes it
    if not rerender:
        return Verification(cid=cid, run_id="", outcome="kept", found=cid)
    async with served(node):
        started = await render_again(node.services, node.caller, cid, sample=sample)
        run = await _followed(node, started, quiet=quiet)
        if sample and run.output:
            tried = await compare_sample(node.services, cid, Cid(run.output))
            return await conclude(node.services, node.caller, cid, run, sample=tried)
        prints = None
        if run.output and run.output != cid:
            prints = await _prints(node, cid, Cid(run.output), quiet=quiet)
        return await conclude(node.services, node.caller, cid, run, prints=prints)


async def _followed(node: Node, started: Started, *, quiet: bool) -> Run:
    await node.services.views.wait_for("runs", started.position, seconds=10)
    return await follow(node, started.run_id, quiet=quiet)


async def _prints(node: Node, cid: Cid, found: Cid, *, quiet: bool) -> tuple[Cid, Cid]:
    """Have both contents hashed picture by picture."""
    results = []
    for output in ("first", "second"):
        recipe = compare_again(cid, found, output)
        started = await start_run(
            node.services, node.caller, recipe=Found(recipe=recipe), inputs={}
        )
        run = await _followed(node, started, quiet=quiet)
        if run.output is None:
            raise Refused(f"the two could not be compared: {run.message or run.state}")
        results.append(Cid(run.output))
    return results[0], results[1]
