"""`artdag serve`: the web server alone."""

import click


@click.command("serve")
def command() -> None:
    """Serve the pages and the interface at HOST and PORT, over DATABASE_URL and REDIS_URL."""
    from l1.cli.web_server import serve

    serve()
