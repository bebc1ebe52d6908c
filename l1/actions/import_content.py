"""Take in a file that lies on this machine, from where its owner allowed it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from l1.actions.services import Caller, Services
from l1.actions.store_content import store_content
from l1.content.identity import Identity
from l1.errors import NotFound, Refused
from l1.log.command import Appended


async def import_content(
    services: Services, caller: Caller, path: str, *, roots: Sequence[Path]
) -> tuple[Identity, Appended]:
    """Store a copy of the file at `path`, links resolved, if it lies below one of `roots` (R026).

    Raises `Refused` (`forbidden`) for any other path, whether there is a file or not, and
    `NotFound` for an allowed one where there is none.
    """
    file = await asyncio.to_thread(_allowed, path, roots)
    since = await services.reader.head()
    identity = await services.store.put_file(file, limit=services.upload_limit)
    appended = await store_content(
        services, caller, identity, source="import", since=since, name=file.name
    )
    return identity, appended


def _allowed(path: str, roots: Sequence[Path]) -> Path:
    if not roots:
        raise Refused(
            "no folder may be imported from: name some in ARTDAG_IMPORT_ROOTS", code="forbidden"
        )
    if "\0" in path or not Path(path).is_absolute():
        raise Refused("?path= takes the absolute path of a file", code="bad_query")
    file = Path(path).resolve()
    if not any(file.is_relative_to(root.resolve()) for root in roots):
        raise Refused(
            "this path lies in no folder that may be imported from (ARTDAG_IMPORT_ROOTS)",
            code="forbidden",
        )
    if not file.is_file():
        raise NotFound(f"there is no file {path}", path=path)
    return file
