"""`artdag analyze FILE...`: find beats and more in sounds, and what moves in videos."""

from pathlib import Path

import click

from l1.cli.older import older_flags
from l1.cli.telling import json_option


@click.command("analyze")
@click.argument("what", nargs=-1, metavar="[FILE|CID]...")
@click.option("-i", "--input", "inputs", multiple=True, metavar="[NAME=]FILE|CID", help="An input.")
@click.option(
    "--features", default="beats,energy", show_default=True, help="What to find, or `all`."
)
@click.option("--engine", help="How to find it: numpy (default) or librosa.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the result here.")
@older_flags
@json_option
def command(
    what: tuple[str, ...],
    inputs: tuple[str, ...],
    features: str,
    engine: str | None,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Analyse sounds and videos. What was found before is not looked for again."""
    from l1.cli.analysing import Question, analyse, tell_found

    wanted = tuple(name.strip() for name in features.split(",") if name.strip())
    question = Question(inputs=(*what, *inputs), features=wanted, engine=engine or "")
    found = analyse(question, output)
    tell_found(found, output, as_json=as_json)
