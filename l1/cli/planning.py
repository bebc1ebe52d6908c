"""Carries out what `plan` and `execute` ask for."""

import contextlib
from pathlib import Path

import click
import msgspec

from l1.actions.execute_plan import execute_plan
from l1.actions.find_recipe import Found
from l1.actions.plan_recipe import Outlook, plan_recipe
from l1.cli import asking
from l1.cli.node import Node, on_node
from l1.cli.recipes import read
from l1.cli.running import Order, check_folder, conclude_with, see_to_end, tell_outlook
from l1.cli.serving import served
from l1.cli.telling import note
from l1.content.canonical import canonical
from l1.dag.plan import Plan
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.projections.runs import Run


def make_plan(order: Order) -> Outlook:
    """Plan what is asked for, without running it."""

    async def planned(node: Node) -> Outlook:
        recipe = await asking.recipe_name(node, order.recipe)
        given = await asking.inputs(node, order.inputs)
        async with served(node):
            return await asking.outlook(node, recipe, given)

    return on_node(planned)


def write_plan(plan: Plan, output: Path | None) -> None:
    """Write a plan to a file, or to standard output."""
    if output is None:
        click.echo(plan.to_json())
    else:
        check_folder(output)
        output.write_bytes(plan.to_json())
        note(f"{len(plan.steps)} steps on {len(plan.levels)} levels: {output}")


class _Answer(msgspec.Struct):
    plan: dict[str, object]


def read_plan(file: Path) -> Plan:
    """Read a plan as `artdag plan` or POST /api/plan wrote it."""
    data = read(file)
    with contextlib.suppress(msgspec.DecodeError, ValueError, RecursionError):
        # No answer of the API: then it is the plan itself, or nothing.
        data = canonical(msgspec.json.decode(data, type=_Answer).plan)
    return Plan.from_json(data)


def run_plan(file: Path, *, name: str, output: Path | None, as_json: bool) -> None:
    """Run the plan in a file and say what became of it."""
    check_folder(output)
    plan = read_plan(file)

    async def run(node: Node) -> Run:
        started = await execute_plan(node.services, node.caller, plan, output_name=name)
        await node.services.views.wait_for("runs", started.position, seconds=10)
        return await see_to_end(node, started.run_id, output, quiet=as_json)

    conclude_with(on_node(run), output, as_json=as_json)


def say_of_plan(file: Path, *, as_json: bool) -> None:
    """Print for each step of the plan in a file what would become of it."""
    plan = read_plan(file)

    async def look(node: Node) -> Outlook:
        found = Found(recipe=recipe_of_plan(plan, node.services.nodes))
        async with served(node):
            return await plan_recipe(node.services, found, {})

    tell_outlook(on_node(look), as_json=as_json)
