"""Say that bytes came to rest here, and have them looked into."""

from l1.actions.contents import probe_key
from l1.actions.services import Caller, Services
from l1.content.identity import Identity
from l1.errors import Unavailable
from l1.events.content import ContentStored
from l1.log.command import Appended, Command, NothingSince, Stale


async def store_content(
    services: Services,
    caller: Caller,
    identity: Identity,
    *,
    source: str,
    since: int,
    name: str = "",
    media_type: str = "",
) -> Appended:
    """Record content that is durable in the store.

    `since` is the log's head from before the bytes were committed: if the same content was deleted
    after it, the file may be on its way out, so this raises `Unavailable` and the caller sends the
    bytes again.
    """
    fact = ContentStored(
        cid=identity.cid,
        content_hash=identity.content_hash,
        size=identity.size,
        source=source,
        owner=caller.name,
        media_type=media_type,
        name=await services.keyring.seal(caller.name, name),
        probe=probe_key(identity.cid),
    )
    gone = NothingSince(tags=(f"cid:{identity.cid}",), kinds=("content.deleted",), after=since)
    try:
        return await services.log.append(
            Command(facts=(fact,), meta=caller.meta(identity.cid), conditions=(gone,))
        )
    except Stale:
        raise Unavailable(
            "the same content was being deleted while it arrived; send it again",
            code="deleted_meanwhile",
            cid=identity.cid,
        ) from None
