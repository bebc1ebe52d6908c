"""The whole path in one go: upload, run, output file, verification."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from l1.actions.find_analyses import find_analyses
from l1.actions.start_run import start_run
from l1.actions.titles import file_name
from l1.actions.verify import Verdict, verify_log, verify_run
from l1.cli import contents
from l1.cli.following import follow
from l1.cli.node import Node
from l1.cli.serving import served
from l1.compose import projections
from l1.content.cid import Cid
from l1.content.features import Beats
from l1.errors import Refused
from l1.projections import content
from l1.projections.runs import Run

RECIPE = "beat-cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a demonstration came to.

    `run` is None when it was refused; `beats` is None when it did not come to listening.
    `failure` says why there is no output, and `differences` what could not be verified.
    """

    run: Run | None
    beats: Beats | None
    file: Path | None
    verdict: Verdict
    differences: tuple[str, ...]
    failure: str = ""


async def demonstrate(node: Node, files: Mapping[str, Path], *, quiet: bool) -> Shown:
    """Show a video in time with music, put the result into the home's `demo`, verify all of it.

    `files` are those for the recipe's inputs `video` and `audio`.
    """
    async with served(node):
        given = {name: (await contents.upload(node, file)).cid for name, file in files.items()}
        run, failure = await _render(node, given, quiet=quiet)
    file, found = None, []
    if run and run.output:
        item = await content.get(node.services.views, run.output)
        target = node.settings.home / "demo" / file_name(item)
        target.parent.mkdir(exist_ok=True)
        file = await contents.write_out(node, item, target)
        found = await verify_run(node.services, run, file)
    beats = await _beats(node, run) if run else None
    verdict = await verify_log(node.services, projections().values())
    wrong = (*found, *verdict.differences)
    return Shown(
        run=run, beats=beats, file=file, verdict=verdict, differences=wrong, failure=failure
    )


async def _render(node: Node, given: Mapping[str, Cid], *, quiet: bool) -> tuple[Run | None, str]:
    """Give the run, if there was one, and why it has no output, if it has none."""
    services = node.services
    try:
        started = await start_run(services, node.caller, recipe=RECIPE, inputs=given)
    except Refused as refused:
        return None, refused.message
    await services.views.wait_for("runs", started.position, seconds=10)
    run = await follow(node, started.run_id, quiet=quiet)
    head = await services.reader.head()
    for view in ("content", "runs", "steps"):
        await services.views.wait_for(view, head, seconds=10)
    return run, "" if run.output else run.message or f"it was {run.state}"


async def _beats(node: Node, run: Run) -> Beats | None:
    """Read what was heard."""
    for analysis in await find_analyses(node.services, run):
        if analysis.feature == "beats" and analysis.found:
            return msgspec.convert(analysis.found, Beats)
    return None
