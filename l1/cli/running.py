"""Carries out what `run` and `render` ask for."""

from dataclasses import dataclass
from pathlib import Path

from l1.actions.contents import resolve
from l1.actions.plan_recipe import Outlook
from l1.cli import asking, contents
from l1.cli.following import follow
from l1.cli.node import Node, on_node
from l1.cli.results import conclude
from l1.cli.serving import is_served, served
from l1.cli.telling import note, table, tell
from l1.dag.bindings_said import bindings_said
from l1.errors import NotFound, Refused
from l1.projections import runs
from l1.projections.runs import Run

_COLUMNS = ("step", "node", "level", "state", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run. With `output`, its result is written to that file."""

    recipe: str
    inputs: tuple[str, ...]
    output_name: str = ""
    wait: bool = True
    reuse: bool = False
    output: Path | None = None


def carry_out(order: Order, *, as_json: bool) -> None:
    """Start the run; wait for its end if asked to, else tell its id."""
    check_folder(order.output)
    run = on_node(lambda node: _carry_out(node, order, quiet=as_json))
    if order.wait:
        conclude_with(run, order.output, as_json=as_json)
    else:
        tell({"run_id": run.run_id, "status": run.state}, as_json=as_json)


def check_folder(output: Path | None) -> None:
    """Refuse, before anything is done, an output that cannot be written."""
    if output and not output.parent.is_dir():
        raise NotFound(f"there is no folder {output.parent} to write into")
    if output and output.exists() and not output.is_file():  # it would be replaced: a device too
        raise Refused(f"{output} is no plain file; name another to write to")


def conclude_with(run: Run, output: Path | None, *, as_json: bool) -> None:
    """Print how a run ended, and where its output was written."""
    written = {"output_path": str(output)} if output and run.output else {}
    conclude(run, as_json=as_json, **written)


async def _carry_out(node: Node, order: Order, *, quiet: bool) -> Run:
    recipe = await asking.recipe_name(node, order.recipe)
    given = await asking.inputs(node, order.inputs)
    started = await asking.start(
        node, recipe, given, output_name=order.output_name, reuse=order.reuse
    )
    if order.wait:
        return await see_to_end(node, started.run_id, order.output, quiet=quiet)
    if not is_served(node.settings.home):
        note("no worker runs in this home: it waits for `artdag up` or `artdag watch`")
    return await runs.get(node.services.views, started.run_id)


async def see_to_end(node: Node, run_id: str, output: Path | None, *, quiet: bool) -> Run:
    """Have a run worked on until it is over, and write its output to a file if one is named."""
    async with served(node):
        run = await follow(node, run_id, quiet=quiet)
    if output and run.output:
        await node.services.views.wait_for("content", run.ended_at or 0, seconds=10)
        await contents.write_out(node, await resolve(node.services, run.output), output)
    return run


def say_what_would_run(order: Order, *, as_json: bool) -> None:
    """Print for each step what would become of it."""
    tell_outlook(on_node(lambda node: _dry_run(node, order)), as_json=as_json)


def tell_outlook(outlook: Outlook, *, as_json: bool) -> None:
    """Print what would become of each step, and why; and what its parameters follow."""
    follows = bindings_said(outlook.plan)
    rows = [
        {
            "step": each.step.id,
            "node": each.step.node,
            "level": each.step.level,
            "state": each.state,
            "reason": each.reason,
            "changed": list(each.changed),
            "key": each.step.key,
            "follows": ", ".join(follows.get(each.step.id, ())),
        }
        for each in outlook.steps
    ]
    table(rows, (*_COLUMNS, "follows") if follows else _COLUMNS, as_json=as_json)


async def _dry_run(node: Node, order: Order) -> Outlook:
    recipe = await asking.recipe_name(node, order.recipe)
    given = await asking.inputs(node, order.inputs)
    async with served(node):
        return await asking.outlook(node, recipe, given)
