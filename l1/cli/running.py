"""Carries out what `run` and `render` ask for."""

from dataclasses import dataclass

from l1.cli import asking
from l1.cli.following import follow
from l1.cli.node import Node, on_node
from l1.cli.results import conclude
from l1.cli.serving import is_served, served
from l1.cli.telling import note, table, tell
from l1.dag.explain import Explanation
from l1.projections import runs
from l1.projections.runs import Run

_COLUMNS = ("step", "node", "level", "state", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run."""

    recipe: str
    inputs: tuple[str, ...]
    output_name: str = ""
    wait: bool = True
    reuse: bool = False


def carry_out(order: Order, *, as_json: bool) -> None:
    """Start the run; wait for its end if asked to, else tell its id."""
    run = on_node(lambda node: _carry_out(node, order, quiet=as_json))
    if order.wait:
        conclude(run, as_json=as_json)
    else:
        tell({"run_id": run.run_id, "status": run.state}, as_json=as_json)


async def _carry_out(node: Node, order: Order, *, quiet: bool) -> Run:
    recipe = await asking.recipe_name(node, order.recipe)
    given = await asking.inputs(node, order.inputs)
    started = await asking.start(
        node, recipe, given, output_name=order.output_name, reuse=order.reuse
    )
    if order.wait:
        async with served(node):
            return await follow(node, started.run_id, quiet=quiet)
    if not is_served(node.settings.home):
        note("no worker runs in this home: it waits for `artdag up` or `artdag watch`")
    return await runs.get(node.services.views, started.run_id)


def say_what_would_run(order: Order, *, as_json: bool) -> None:
    """Print for each step what would become of it."""
    said = on_node(lambda node: _dry_run(node, order))
    rows = [
        {
            "step": each.step.id,
            "node": each.step.node,
            "level": each.step.level,
            "state": each.state,
            "reason": each.reason,
            "changed": list(each.changed),
            "key": each.step.key,
        }
        for each in said
    ]
    table(rows, _COLUMNS, as_json=as_json)


async def _dry_run(node: Node, order: Order) -> tuple[Explanation, ...]:
    recipe = await asking.recipe_name(node, order.recipe)
    given = await asking.inputs(node, order.inputs)
    async with served(node):
        return await asking.dry_run(node, recipe, given)
