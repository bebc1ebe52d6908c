"""`artdag demo`: show a real video in time with real music, and prove what came out."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from l1.cli.telling import json_option, note, tell

if TYPE_CHECKING:
    from l1.cli.demonstration import Shown
    from l1.projections.runs import Run

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("demo")
@click.option("--video", type=_FILE, help="A video of your own, instead of the sample.")
@click.option("--audio", type=_FILE, help="Music of your own, instead of the sample.")
@json_option
def command(video: Path | None, audio: Path | None, *, as_json: bool) -> None:
    """Cut a video to the beats of music, and verify the result.

    The recipe is `beat-cut`: it listens to the first twelve seconds of the music. A second time,
    every step is found done, and the output has the same CID.
    """
    from l1.cli.demonstration import demonstrate
    from l1.cli.node import on_node, settings_of
    from l1.cli.sample import MUSIC, VIDEO, sample

    began = time.monotonic()
    samples = settings_of().home / "samples"
    files = {"video": video or sample(VIDEO, samples), "audio": audio or sample(MUSIC, samples)}
    shown = on_node(lambda node: demonstrate(node, files, quiet=as_json))
    error = shown.failure or next(iter(shown.differences), None)
    told = {
        **(_of_run(shown.run) if shown.run else {"status": "refused"}),
        **_of_music(shown),
        "output_path": None if shown.file is None else str(shown.file),
        "seconds": round(time.monotonic() - began, 2),
        "log_facts": shown.verdict.facts,
        "log_root": shown.verdict.root,
        **({"error": error} if error and as_json else {}),
        **({"verified": error is None} if as_json or error is None else {}),
    }
    tell(told, as_json=as_json)
    _conclude(shown, as_json=as_json)


def _of_run(run: "Run") -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "status": run.state,
        "output_cid": run.output,
        "provenance_cid": run.provenance,
        "steps": run.steps,
        "steps_cached": run.cached,
    }


def _of_music(shown: "Shown") -> dict[str, object]:
    if shown.beats is None:
        return {}
    return {"tempo_bpm": shown.beats.tempo_mbpm / 1000, "beats": len(shown.beats.beats_ms)}


def _conclude(shown: "Shown", *, as_json: bool) -> None:
    from l1.cli.exits import NOT_AS_RECORDED, RUN_FAILED, end

    if shown.failure:
        end(f"the run came to nothing: {shown.failure}", RUN_FAILED)
    if shown.differences:
        end(f"not as recorded: {shown.differences[0]}", NOT_AS_RECORDED)
    if shown.run and not as_json:
        note("the output's bytes, its provenance and the whole log were verified")
        note(_where_to_look(shown.run))


def _where_to_look(run: "Run") -> str:
    from l1.cli.alive import NODE, address, is_alive
    from l1.cli.node import settings_of

    home, page = settings_of().home, f"/run/{run.run_id}"
    if is_alive(home, NODE):
        return f"look at it in a browser: {address(home)}{page} (`artdag login-link` lets you in)"
    return f"look at it in a browser: start `artdag up`, follow its link, then go to {page}"
