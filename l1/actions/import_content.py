"""Take in a file that lies on this machine, from where its owner allowed it."""

import asyncio
import os
import stat
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from l1.actions.services import Caller, Services
from l1.actions.store_content import store_content
from l1.content.identity import Identity
from l1.errors import NotFound, Refused
from l1.log.command import Appended

_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SHOWN = 200


async def import_content(
    services: Services, caller: Caller, path: str, *, roots: Sequence[Path]
) -> tuple[Identity, Appended]:
    """Store a copy of the file at `path`, links resolved, if it lies below one of `roots` (R026).

    Raises `Refused` (`forbidden`) for any other path, whether there is a file or not, and
    `NotFound` for an allowed one where there is none.
    """
    root, file = await asyncio.to_thread(_allowed, path, roots)
    since = await services.reader.head()
    identity = await services.store.put_opened(
        partial(_open, root, file), limit=services.upload_limit
    )
    appended = await store_content(
        services, caller, identity, source="import", since=since, name=file.name
    )
    return identity, appended


def _allowed(path: str, roots: Sequence[Path]) -> tuple[Path, Path]:
    """Find the root below which a path lies, and the path without links."""
    if not roots:
        raise Refused(
            "no folder may be imported from: name some in ARTDAG_IMPORT_ROOTS", code="forbidden"
        )
    if "\0" in path or not Path(path).is_absolute():
        raise Refused("?path= takes the absolute path of a file", code="bad_query")
    try:
        file = Path(path).resolve()
    except (OSError, RuntimeError):  # as when a link leads to itself
        raise Refused("?path= leads to no place that there could be", code="bad_query") from None
    for root in (each.resolve() for each in roots):
        if file.is_relative_to(root):
            return root, file
    raise Refused(
        "this path lies in no folder that may be imported from (ARTDAG_IMPORT_ROOTS)",
        code="forbidden",
    )


def _open(root: Path, file: Path) -> int:
    """Open a file folder by folder from its root, so that no link leads out of it.

    There was none when the path was resolved, but who may write in the folders can put one.
    """
    missing = NotFound(f"there is no file {str(file)[:_SHOWN]}", path=str(file))
    try:
        if not file.is_file():
            raise missing
        here = os.open(root, _READING)
        for part in file.relative_to(root).parts:
            try:
                below = os.open(part, _READING, dir_fd=here)
            finally:
                os.close(here)
            here = below
    except PermissionError:
        raise Refused("the server may not read this file", code="unreadable") from None
    except OSError:
        raise missing from None
    if not stat.S_ISREG(os.fstat(here).st_mode):
        os.close(here)
        raise missing
    return here
