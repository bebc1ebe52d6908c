"""What an attempt had to say, kept as content."""

from collections.abc import Sequence

from l1.content.identity import Identity
from l1.workers.job import Desk


async def keep_notes(desk: Desk, notes: Sequence[str]) -> Identity | None:
    """Store the log of an attempt; None when it said nothing."""
    text = "\n".join(note for note in notes if note.strip())
    return await desk.services.store.put_bytes(text.encode() + b"\n") if text else None
