"""Every kind of fact, whoever adds it."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l1.content.canonical import canonical
from l1.events.codec import Codec
from l1.events.event import Event
from tests.conformance import golden
from tests.events.facts import KINDS, facts_of, metas, sample

CODEC = Codec(KINDS)
every_kind = pytest.mark.parametrize("cls", KINDS.values(), ids=KINDS.keys())
every_file = pytest.mark.parametrize(
    "path", sorted(golden.FOLDER.glob("*.json")), ids=lambda path: path.stem
)


@every_kind
def test_a_kind_has_a_golden_fact(cls: type[Event]) -> None:
    path = golden.path_of(cls)
    assert path.exists(), f"{cls.kind} has no {path.name}; {golden.HOW_TO_WRITE}"


@every_file
def test_a_golden_fact_hashes_as_ever(path: Path) -> None:
    kept = golden.read(path)
    assert path.stem == f"{kept['kind']}.{kept['schema']}"
    assert golden.hashes_of(kept) == (kept["body"], kept["leaf"])
    for text in (kept["data"], kept["meta"]):
        assert canonical(msgspec.json.decode(text)).decode() == text


@every_file
def test_a_golden_fact_is_read_and_written_as_ever(path: Path) -> None:
    kept = golden.read(path)
    assert kept["kind"] in KINDS, "a log may hold this kind: it cannot be removed"
    event = CODEC.decode(kept["kind"], kept["schema"], kept["data"])
    assert type(event) is KINDS[kept["kind"]]
    if kept["schema"] == type(event).schema:
        assert golden.made_of(event, CODEC.decode_meta(kept["meta"])) == kept


@every_file
def test_a_golden_fact_sets_every_field(path: Path) -> None:
    kept = golden.read(path)
    cls = KINDS[kept["kind"]]
    if kept["schema"] == cls.schema:
        missing = set(cls.__struct_fields__) - set(msgspec.json.decode(kept["data"]))
        assert not missing, (
            f"{cls.kind} got {missing} after its golden fact was kept: raise its schema and give "
            f"it an upcast; if no log holds it yet, delete {path.name} and {golden.HOW_TO_WRITE}"
        )


@every_kind
def test_all_older_schemas_can_be_brought_up(cls: type[Event]) -> None:
    upcasts = getattr(cls, "upcasts", {})
    assert set(upcasts) == set(range(1, cls.schema))
    for schema in range(1, cls.schema):
        assert (golden.FOLDER / f"{cls.kind}.{schema}.json").exists()


@every_kind
def test_a_kind_says_what_it_means(cls: type[Event]) -> None:
    assert cls.__doc__
    assert cls.__doc__ != Event.__doc__
    family, _, happened = cls.kind.partition(".")
    assert family.isidentifier()
    assert happened.isidentifier()


@every_kind
def test_a_fact_is_frozen_and_names_its_place(cls: type[Event]) -> None:
    fact = sample(cls)
    with pytest.raises(AttributeError):
        setattr(fact, cls.__struct_fields__[0], "changed")
    category, dash, _ = fact.stream().partition("-")
    assert dash
    assert category.isidentifier()
    assert all(":" in tag for tag in fact.tags())


@every_kind
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), meta=metas(), event_id=st.uuids())
def test_any_fact_comes_back_as_it_was(
    cls: type[Event], data: st.DataObject, meta: object, event_id: UUID
) -> None:
    fact = data.draw(facts_of(cls))
    row = CODEC.encode(event_id, fact, meta)
    again = CODEC.decode(row.kind, row.schema, row.data)
    assert again == fact
    assert CODEC.decode_meta(row.meta) == meta
    written = CODEC.encode(event_id, again, meta)
    assert written._replace(tags=()) == row._replace(tags=())
    assert set(written.tags) == set(row.tags)  # a canonical map has no order of its own
    assert canonical(msgspec.json.decode(row.data)).decode() == row.data
