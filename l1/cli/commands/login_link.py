"""`artdag login-link`: let a browser in."""

import json

import click

from l1.cli.telling import json_option


@click.command("login-link")
@json_option
def command(*, as_json: bool) -> None:
    """Print a link that logs a browser in as this node's owner. It works once."""
    from l1.access.owner import new_login_code
    from l1.cli.alive import SERVER, address, is_alive
    from l1.cli.node import Node, on_node, settings_of
    from l1.errors import Unavailable

    home = settings_of().home
    if not is_alive(home, SERVER):
        raise Unavailable(
            f"no server runs in {home}, so no link would lead anywhere: start one with `artdag up`"
        )

    async def link(node: Node) -> str:
        return f"{address(home)}/auth?auth_token={await new_login_code(node.services.views.pool)}"

    found = on_node(link)
    click.echo(json.dumps({"link": found}) if as_json else found)
