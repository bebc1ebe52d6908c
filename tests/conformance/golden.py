"""Golden facts: one file for each kind and schema that a log may hold, written once, kept for ever."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from l1.content.canonical import canonical
from l1.events.codec import Codec
from l1.events.event import Event, Meta
from l1.events.tree import body_hash, leaf_hash
from tests.events.facts import KINDS, sample

FOLDER = Path(__file__).parent.parent / "data" / "events"
EVENT_ID = UUID("0190f3c2-7e5a-7000-8000-0123456789ab")
PLACE = {"position": 42, "version": 7, "at_us": 1_750_000_000_123_456}
HOW_TO_WRITE = "write it with: python -m tests.conformance.write_golden"


def path_of(cls: type[Event]) -> Path:
    """Say where the golden fact of a kind's present schema belongs."""
    return FOLDER / f"{cls.kind}.{cls.schema}.json"


def read(path: Path) -> dict[str, Any]:
    """Read a golden file."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])


def made_of(event: Event, meta: Meta) -> dict[str, Any]:
    """Describe a fact as a golden file does."""
    row = Codec(KINDS).encode(EVENT_ID, event, meta)
    return {
        "kind": row.kind,
        "schema": row.schema,
        "stream": row.stream,
        "tags": sorted(row.tags),
        "event_id": str(EVENT_ID),
        "data": row.data,
        "meta": row.meta,
        **PLACE,
        "body": row.body.hex(),
        "leaf": leaf_hash(body=row.body, **PLACE).hex(),
    }


def hashes_of(golden: dict[str, Any]) -> tuple[str, str]:
    """Hash a golden fact from its stored text alone, as an auditor would."""
    body = body_hash(
        UUID(golden["event_id"]), golden["stream"], golden["kind"], golden["schema"],
        golden["meta"].encode(), golden["data"].encode(),
    )  # fmt: skip
    place = {name: golden[name] for name in PLACE}
    return body.hex(), leaf_hash(body=body, **place).hex()


def write(cls: type[Event]) -> Path:
    """Write the golden fact of a kind that has none."""
    path = path_of(cls)
    made = made_of(sample(cls), sample(Meta))
    FOLDER.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(canonical(made), indent=1) + b"\n")
    return path
