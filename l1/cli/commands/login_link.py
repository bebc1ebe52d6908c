"""`artdag login-link`: let a browser in."""

import click

from l1.cli.telling import json_option


@click.command("login-link")
@json_option
def command(*, as_json: bool) -> None:
    """Print a link that logs a browser in as this node's owner. It works once."""
    from l1.access.owner import new_login_code
    from l1.cli.node import Node, on_node
    from l1.cli.whole_node import address_file

    async def link(node: Node) -> str:
        code = await new_login_code(node.services.views.pool)
        running = address_file(node.settings)
        address = running.read_text() if running.exists() else node.settings.public_url
        return f"{address}/auth?auth_token={code}"

    address = on_node(link)
    click.echo(f'{{"link": "{address}"}}' if as_json else address)
