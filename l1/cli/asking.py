"""What `run` and `render` ask for: a recipe by name, CID or file, and its inputs."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from l1.actions.contents import infos
from l1.actions.start_run import Inputs, Started, find_recipe, start_run
from l1.actions.store_content import store_content
from l1.cli import contents
from l1.cli.node import Node
from l1.content.cid import Cid
from l1.dag.explain import Explanation, explain
from l1.dag.keys import Preimage
from l1.dag.plan import Plan
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused, Unavailable
from l1.log.wakeups import VIEWS
from l1.projections import runs

_PLAN_BYTES = 64 * 1024 * 1024
_PROBE_S = 60.0


async def recipe_name(node: Node, text: str) -> str:
    """Find what a recipe argument means; the file of a recipe is checked and stored first."""
    if text in node.services.nodes or not Path(text).is_file():
        await find_recipe(node.services, text)  # before its inputs are taken in
        return text
    data = Path(text).read_bytes()
    read_recipe(data, node.services.nodes, file=text)
    services = node.services
    since = await services.reader.head()
    identity = await services.store.put_bytes(data)
    appended = await store_content(
        services,
        node.caller,
        identity,
        source="recipe",
        since=since,
        name=Path(text).name,
        media_type="application/yaml",
    )
    await services.views.wait_for("content", appended.last, seconds=10)
    return identity.cid


async def inputs(node: Node, texts: Sequence[str]) -> Inputs:
    """Bring the inputs in: `name=what` for all of them, or `what` for all of them, in order."""
    pairs = [_named(text) for text in texts]
    if all(name for name, _ in pairs) and pairs:
        return {name: await contents.given(node, what) for name, what in pairs}
    if any(name for name, _ in pairs):
        raise Refused("name all inputs (-i name=file) or none", code="mixed_inputs")
    return [await contents.given(node, what) for _, what in pairs]


async def start(
    node: Node, recipe: str, given: Inputs, *, output_name: str = "", reuse: bool = False
) -> Started:
    """Start a run and wait until the views know of it."""
    with _told_how_to_give():
        started = await start_run(
            node.services,
            node.caller,
            recipe=recipe,
            inputs=given,
            output_name=output_name,
            reuse=reuse,
        )
    await node.services.views.wait_for("runs", started.position, seconds=10)
    return started


async def dry_run(node: Node, recipe: str, given: Inputs) -> tuple[Explanation, ...]:
    """Plan without running, and say for each step whether its result exists and, if not, why."""
    services = node.services
    made = await find_recipe(services, recipe)
    cids = {n: Cid(c) for n, c in given.items()} if isinstance(given, Mapping) else given
    with _told_how_to_give():
        bound = made.bind(cids if isinstance(cids, dict) else [Cid(cid) for cid in cids])
    await _probed(node, list(bound.values()))
    known = await infos(services, list(bound.values()))
    planned = plan(made, bound, known, services.nodes, services.profile, services.cluster_key)
    done = await services.work.outputs([step.key for step in planned.steps])
    return explain(planned, done, await previous(node, planned.recipe))


async def previous(node: Node, recipe: str, *, before: int | None = None) -> Mapping[str, Preimage]:
    """Give the preimages of the steps of the last run of a recipe of this name."""
    for run in await runs.page(node.services.views, limit=200, before=before):
        if run.recipe_name == recipe and run.plan:
            data = await node.services.store.read(Cid(run.plan), limit=_PLAN_BYTES)
            return {step.id: step.preimage for step in Plan.from_json(data).steps}
    return {}


@contextlib.contextmanager
def _told_how_to_give() -> Iterator[None]:
    """Say of a missing input how it is given here."""
    try:
        yield
    except Refused as refused:
        if refused.code != "missing_input":
            raise
        raise Refused(f"{refused.message}: -i FILE", code=refused.code, **refused.facts) from None


def _named(text: str) -> tuple[str, str]:
    name, equals, what = text.partition("=")
    if equals and name.replace("-", "_").isidentifier() and not Path(text).is_file():
        return name, what
    return "", text


async def _probed(node: Node, cids: list[Cid]) -> None:
    """Wait until somebody has looked into the inputs."""
    deadline = asyncio.get_running_loop().time() + _PROBE_S
    while len(await infos(node.services, cids)) < len(set(cids)):
        if asyncio.get_running_loop().time() > deadline:
            raise Unavailable("the inputs have not been probed yet; try again", code="not_probed")
        await node.services.wakeups.wait(VIEWS, 0.25)
