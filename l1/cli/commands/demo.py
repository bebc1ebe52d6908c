"""`artdag demo`: render a real clip, and prove what came out."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from l1.cli.telling import json_option, note, tell

if TYPE_CHECKING:
    from l1.projections.runs import Run


@click.command("demo")
@click.option(
    "--video",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A video of your own, instead of the sample clip.",
)
@json_option
def command(video: Path | None, *, as_json: bool) -> None:
    """Show a clip as a dog sees it, and verify the result.

    A second time, every step is found done, and the output has the same CID.
    """
    from l1.cli.demonstration import demonstrate
    from l1.cli.exits import NOT_AS_RECORDED, RUN_FAILED, end
    from l1.cli.node import on_node, settings_of
    from l1.cli.sample import sample_clip

    began = time.monotonic()
    clip = video or sample_clip(settings_of().home / "samples")
    shown = on_node(lambda node: demonstrate(node, clip, quiet=as_json))
    error = shown.failure or next(iter(shown.differences), None)
    told = {
        **(_of_run(shown.run) if shown.run else {"status": "refused"}),
        "output_path": None if shown.file is None else str(shown.file),
        "seconds": round(time.monotonic() - began, 2),
        "log_facts": shown.verdict.facts,
        "log_root": shown.verdict.root,
        **({"error": error} if error and as_json else {}),
        **({"verified": error is None} if as_json or error is None else {}),
    }
    tell(told, as_json=as_json)
    if shown.failure:
        end(f"the run came to nothing: {shown.failure}", RUN_FAILED)
    if shown.differences:
        end(f"not as recorded: {shown.differences[0]}", NOT_AS_RECORDED)
    if not as_json:
        note("the output's bytes, its provenance and the whole log were verified")


def _of_run(run: "Run") -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "status": run.state,
        "output_cid": run.output,
        "provenance_cid": run.provenance,
        "steps": run.steps,
        "steps_cached": run.cached,
    }
