"""Code by others: where it may run, and how what it made is looked at.

It runs in a child of ours and can make this child say anything. So of its answer nothing is
believed but that there is an output, and that is opened by another child, which it has not been in.
"""

from pathlib import Path

from l1.actions.services import Services
from l1.content.media_info import MediaInfo
from l1.effects.effect import Effect
from l1.errors import Refused, Unavailable
from l1.workers.job import Desk
from l1.workers.jobs.probe import probe


def check_allowed(services: Services, effect: Effect) -> None:
    """Raise `Unavailable` for code by others where it is not to run; another worker may."""
    if effect.strict and services.foreign != "on":
        message = "this worker runs no effects by others: ARTDAG_FOREIGN_EFFECTS is not on here"
        raise Unavailable(message, code="foreign_effects_off")


async def looked_into(desk: Desk, output: Path) -> MediaInfo:
    """Have another child look into an output. Raises `Refused` if it is no file."""
    _check_plain(output)
    return await probe(desk, str(output))


def _check_plain(output: Path) -> None:
    if output.is_symlink() or not output.is_file():
        raise Refused("the effect left no file as its output", code="bad_output")
