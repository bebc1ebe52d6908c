"""Let an effect that somebody wrote be run here."""

import asyncio
from dataclasses import dataclass

from l1.actions.contents import not_deleted, probe_key
from l1.actions.find_effect import check_turned_on
from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.dag.effect_file import EffectFile, read_effect
from l1.errors import Unavailable
from l1.events.content import ContentStored
from l1.events.effect import EffectAdded
from l1.log.command import Appended, Command, Stale


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedEffect:
    """An effect that was added: its file's name as content, what it says, where the log tells it."""

    cid: Cid
    file: EffectFile
    appended: Appended


async def add_effect(
    services: Services, caller: Caller, text: bytes, *, file: str = "effect.py"
) -> AddedEffect:
    """Read what a file says of itself, and keep it; nothing of it is run.

    Raises `Refused`, with the line, for what is no effect, and while effects by others are off.
    """
    check_turned_on(services)
    said = await asyncio.to_thread(read_effect, text, file=file)
    since = await services.reader.head()
    identity = await services.store.put_bytes(text)
    document = ContentStored(
        cid=identity.cid,
        content_hash=identity.content_hash,
        size=identity.size,
        source="effect",
        owner=caller.name,
        media_type="text/x-python",
        probe=probe_key(identity.cid),
    )
    added = EffectAdded(
        cid=identity.cid,
        name=said.name,
        version=said.version,
        owner=caller.name,
        author=await services.keyring.seal(caller.name, said.author),
        description=await services.keyring.seal(caller.name, said.description),
    )
    try:
        appended = await services.log.append(
            Command(
                facts=(document, added),
                meta=caller.meta(identity.cid),
                conditions=(not_deleted([identity.cid], since=since),),
            )
        )
    except Stale:
        raise Unavailable(
            "the same effect was being removed meanwhile; send it again", code="deleted_meanwhile"
        ) from None
    return AddedEffect(cid=identity.cid, file=said, appended=appended)
