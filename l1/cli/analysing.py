"""Carries out what `analyze` asks for: one run for each sound, so that each is found by itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from l1.actions.contents import resolve
from l1.actions.find_recipe import Found
from l1.actions.start_run import start_run
from l1.cli import asking
from l1.cli.exits import RUN_FAILED, end
from l1.cli.node import Node, on_node
from l1.cli.running import check_folder, see_to_end
from l1.cli.telling import note
from l1.content.feature_names import found_in
from l1.content.features import BYTES
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.errors import Refused
from l1.projections.runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be found in which sounds; an empty `engine` leaves the choice to the node."""

    inputs: tuple[str, ...]
    features: tuple[str, ...]
    engine: str


def analyse(question: Question, output: Path | None) -> Mapping[str, Any]:
    """Answer what was found, by the name or the CID of each sound."""
    check_folder(output)
    if not question.inputs:
        raise Refused("name a file or a CID to analyse", code="missing_input")
    return on_node(lambda node: _analyse(node, question))


def tell_found(found: Mapping[str, Any], output: Path | None, *, as_json: bool) -> None:
    """Print what was found as JSON, or write it to a file."""
    text = json.dumps(found, indent=None if as_json else 2)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n")
        note(f"written to {output}")


async def _analyse(node: Node, question: Question) -> dict[str, Any]:
    given = await asking.inputs(node, question.inputs)
    named = dict(given) if isinstance(given, Mapping) else {cid: cid for cid in given}
    return {name: await _found(node, cid, question) for name, cid in named.items()}


async def _found(node: Node, cid: str, question: Question) -> Any:
    meant = Found(recipe=_recipe(question))
    started = await start_run(node.services, node.caller, recipe=meant, inputs=[cid])
    await node.services.views.wait_for("runs", started.position, seconds=10)
    run = await see_to_end(node, started.run_id, None, quiet=True)
    if run.output is None:
        _stop(run)
    await node.services.views.wait_for("content", run.ended_at or 0, seconds=10)
    item = await resolve(node.services, str(run.output))
    return msgspec.json.decode(await node.services.store.read(item.cid, limit=BYTES))


def _stop(run: Run) -> None:
    end(f"run {run.run_id} {run.state}: {run.message or 'by request'}", RUN_FAILED)


def _recipe(question: Question) -> Recipe:
    config: dict[str, Any] = {"features": list(question.features)}
    if question.engine:
        config["engine"] = question.engine
    step = RecipeStep(id="analysis", type="ANALYZE", config=config, inputs=("sound",))
    return Recipe(
        name="analyze",
        inputs={"sound": RecipeInput(kinds=found_in(question.features))},
        steps=(step,),
        output="analysis",
    )
