"""`artdag settings`: every variable, with its value, its default and its meaning."""

import os
from urllib.parse import urlsplit

import click

from l1.cli.telling import json_option, table

COLUMNS = ("name", "value", "meaning")


@click.command("settings")
@json_option
def command(*, as_json: bool) -> None:
    """List the variables of the environment; a `*` marks those that are set. Passwords are hidden."""
    from l1.settings import Settings, from_environment

    settings = from_environment(os.environ)
    rows = []
    for field_name, field in Settings.model_fields.items():
        name = str(field.alias)
        given = bool(os.environ.get(name))
        rows.append(
            {
                "name": name if as_json or not given else f"{name} *",
                "value": _shown(name, getattr(settings, field_name)),
                "set": given,
                "meaning": field.description,
            }
        )
    table(rows, COLUMNS, as_json=as_json)


def _shown(name: str, value: object) -> str:
    """Hide what nobody should read over a shoulder."""
    text = "" if value is None else str(value)
    if name.endswith(("_KEY", "_SECRET", "_TOKEN", "_PASSWORD")) and text:
        return "(set)"
    parts = urlsplit(text) if "://" in text else None
    if parts is not None and parts.password:
        return text.replace(f":{parts.password}@", ":***@")
    return text
