"""The folder in which one attempt works, gone when it ends."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from l1.work.leases import Claimed
from l1.workers.job import Desk


@asynccontextmanager
async def scratch(desk: Desk, claimed: Claimed) -> AsyncIterator[Path]:
    """Make the one folder that the child of an attempt may write into."""
    place = desk.scratch / claimed.token.hex
    place.mkdir()
    try:
        yield place
    finally:
        if not _is_gone(place):
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def _is_gone(place: Path) -> bool:
    """Tell whether nothing is left, as when the output has moved into the store."""
    try:
        place.rmdir()
    except OSError:
        return False
    return True
