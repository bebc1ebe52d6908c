"""`artdag render EFFECT INPUT`: one effect over one input, as the first releases did it."""

import click

from l1.cli.telling import json_option


@click.command("render")
@click.argument("effect")
@click.argument("what", metavar="INPUT")
@click.option("--sync", is_flag=True, help="Wait for the result.")
@json_option
def command(effect: str, what: str, *, sync: bool, as_json: bool) -> None:
    """Apply EFFECT to INPUT: a file, a CID or hash, or an asset such as `cat`."""
    from l1.cli.running import Order, carry_out

    order = Order(recipe=effect, inputs=(what,), wait=sync)
    carry_out(order, as_json=as_json)
