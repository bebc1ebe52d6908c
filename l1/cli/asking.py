"""What `run` and `render` ask for: a recipe by name, CID or file, and its inputs."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from l1.actions.bind_inputs import Inputs
from l1.actions.find_effect import read_with_effects
from l1.actions.find_recipe import find_recipe
from l1.actions.plan_recipe import Outlook, plan_recipe
from l1.actions.start_run import Started, start_run
from l1.actions.store_content import store_content
from l1.cli import contents
from l1.cli.node import Node
from l1.errors import NotFound, Refused


async def recipe_name(node: Node, text: str) -> str:
    """Find what a recipe argument means; the file of a recipe is checked and stored first."""
    if text.endswith((".yaml", ".yml")) and not Path(text).exists():
        raise NotFound(f"there is no file {text}", path=text)
    if text in node.services.nodes or not Path(text).is_file():
        await find_recipe(node.services, text)  # before its inputs are taken in
        return text
    data = Path(text).read_bytes()
    await read_with_effects(node.services, data, file=text)
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
    """Bring the inputs in: `name=what` for all of them, or `what` for all of them, in order.

    What is a file, a CID or hash, an asset, or `hash@file` for a file that must have that name.
    """
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


async def outlook(node: Node, recipe: str, given: Inputs) -> Outlook:
    """Plan without running, and say for each step whether its result exists and, if not, why."""
    found = await find_recipe(node.services, recipe)
    with _told_how_to_give():
        return await plan_recipe(node.services, found, given)


@contextlib.contextmanager
def _told_how_to_give() -> Iterator[None]:
    """Say of a missing input how it is given here."""
    try:
        yield
    except Refused as refused:
        if refused.code != "missing_input":
            raise
        needs = refused.message.partition(": give")[0]
        raise Refused(
            f"{needs}: give each with -i NAME=FILE", code=refused.code, **refused.facts
        ) from None


def _named(text: str) -> tuple[str, str]:
    """Split `name=what`, or `name:hash` and `name:hash@path` as older clients write it."""
    if Path(text).is_file():
        return "", text
    for sign in "=:":
        name, found, what = text.partition(sign)
        if found and name.replace("-", "_").isidentifier():
            return name, what
    return "", text
