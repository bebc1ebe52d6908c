"""`artdag verify CID`: check that content is what it is said to be."""

import click

from l1.cli.telling import json_option


@click.command("verify")
@click.argument("what", metavar="CID|RUN")
@click.option("--rerender", is_flag=True, help="Render it again from its inputs, and compare.")
@click.option(
    "--segments",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of a long film, render only so many segments again, by chance.",
)
@json_option
def command(what: str, segments: int | None, *, rerender: bool, as_json: bool) -> None:
    """Check that content is what its name says, and by --rerender that its recipe gives it.

    Exit code 6 tells that something else came out.
    """
    from l1.cli.rerendering import verify

    verify(what, rerender=rerender or bool(segments), sample=segments or 0, as_json=as_json)
