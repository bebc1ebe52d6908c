"""`artdag catalog`: what was found in the folders that define things."""

import json

import click

from l1.cli.telling import json_option, table


@click.command("catalog")
@json_option
def command(*, as_json: bool) -> None:
    """List every effect, fact, view, endpoint and so on that was found in its folder."""
    from l1.cli.found import found

    things = found()
    if as_json:
        click.echo(json.dumps(things))
        return
    rows = [{"what": what, **thing} for what, named in things.items() for thing in named]
    table(rows, ("what", "name", "about"), as_json=False)
