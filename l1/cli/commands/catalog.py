"""`artdag catalog`: what was found in the folders that define things."""

import click

from l1.cli.telling import json_option, table


@click.command("catalog")
@json_option
def command(*, as_json: bool) -> None:
    """List every effect, fact, view and job that this node knows, as found in its folders."""
    from l1.compose import effects, events, projections

    found = [
        ("effect", {name: effect.node.summary for name, effect in effects().items()}),
        ("event", {kind: _first_line(cls) for kind, cls in events().items()}),
        ("view", {name: ", ".join(t.name for t in v.tables) for name, v in projections().items()}),
    ]
    rows = [
        {"what": what, "name": name, "about": about}
        for what, things in found
        for name, about in sorted(things.items())
    ]
    table(rows, ("what", "name", "about"), as_json=as_json)


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]
