"""The record of a render, out and in."""

import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.canonical import NotCanonical, canonical
from l1.content.provenance import (
    AnalysisUsed,
    EffectUsed,
    Infrastructure,
    LogRange,
    Named,
    Provenance,
    RecipeUsed,
    StepDone,
)
from l1.errors import Refused

CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
OTHER = "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
SHA3 = "33268b6e167deaf018cc538de12dbe562612b33e89a749391cef855b320a269b"
NOON = datetime(2026, 1, 7, 12, tzinfo=UTC).replace(tzinfo=None)


def named(name):
    return Named(name=name, content_hash=SHA3, cid=CID)


RECORD = Provenance(
    schema=1,
    task_id="3f6c",
    rendered_at=datetime(2026, 1, 7, 12, 30, tzinfo=UTC),
    rendered_by="@giles@artdag.rose-ash.com",
    output=named("my-output"),
    inputs=(named("cat"),),
    effects=(EffectUsed(name="dog", version="1", content_hash=SHA3, cid=OTHER),),
    infrastructure=Infrastructure(software=named("infra:artdag"), hardware=named("infra:giles-hp")),
    run_id="run-1",
    run_key=SHA3,
    recipe=RecipeUsed(name="dog", version="1.0", cid=CID),
    plan_id=SHA3,
    plan_cid=CID,
    profile="deterministic-1",
    deterministic=True,
    params={"radius": 3},
    analyses=(AnalysisUsed(name="beats", version=1, input=CID, cid=OTHER),),
    steps=(
        StepDone(
            id="dog", node="dog", version=1, key=SHA3, inputs=(CID,), output=OTHER, cached=True
        ),
    ),
    tools={"av": "18.1.0"},
    log=LogRange(first=3, last=9, size=12, root=SHA3),
)


def test_a_record_comes_back_as_it_was_written():
    assert Provenance.from_json(RECORD.to_json()) == RECORD


def test_the_record_has_the_documented_shape():
    plain = json.loads(RECORD.to_json())
    assert plain["rendered_at"] == "2026-01-07T12:30:00Z"
    assert plain["output"] == {"name": "my-output", "content_hash": SHA3, "cid": CID}
    assert plain["infrastructure"]["software"]["name"] == "infra:artdag"
    assert plain["infrastructure"]["hardware"]["name"] == "infra:giles-hp"
    assert {"task_id", "rendered_by", "inputs", "effects", "plan_cid", "log"} <= plain.keys()


def test_content_hash_and_cid_are_both_needed():
    plain = json.loads(RECORD.to_json())
    for part in (plain["output"], plain["inputs"][0], plain["effects"][0]):
        for key in ("content_hash", "cid"):
            kept = part.pop(key)
            with pytest.raises(Refused, match=key):
                Provenance.from_json(canonical(plain))
            part[key] = kept


@given(
    when=st.datetimes(NOON.replace(year=1900), NOON.replace(year=2200)),
    hours=st.integers(-12, 14),
    names=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4),
    params=st.dictionaries(st.text("abc"), st.integers(0, 9) | st.booleans() | st.text("xy")),
)
def test_any_record_comes_back_and_writes_the_same_text(when, hours, names, params):
    zone = timezone(timedelta(hours=hours))
    record = msgspec.structs.replace(
        RECORD,
        rendered_at=when.replace(tzinfo=zone),
        inputs=tuple(named(name) for name in names),
        params=params,
    )
    again = Provenance.from_json(record.to_json())
    assert again == record
    assert again.to_json() == record.to_json()


@given(st.binary(max_size=60) | st.just(RECORD.to_json()).map(lambda b: b[:-1]))
def test_anything_else_is_refused(data):
    with pytest.raises(Refused):
        Provenance.from_json(data)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"surprise": 1},
        {"rendered_by": "giles"},
        {"rendered_at": "2026-01-07T12:30:00"},
        {"rendered_at": "0001-01-01T00:00:00+10:00"},
        {"plan_id": "abc"},
        {"params": {"a": 0.5}},
        {"params": {"a": None}},
        {"log": {"first": 9, "last": 3, "size": 12, "root": SHA3}},
    ],
)
def test_a_record_with_a_wrong_part_is_refused(change):
    plain = json.loads(RECORD.to_json()) | change
    with pytest.raises(Refused):
        Provenance.from_json(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode())


def test_another_spelling_of_the_same_record_is_refused():
    loose = json.dumps(json.loads(RECORD.to_json())).encode()
    with pytest.raises(Refused, match="canonical form"):
        Provenance.from_json(loose)


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(Refused, match="at most"):
        Provenance.from_json(b" " * (64 * 1024 * 1024 + 1))


def test_a_time_without_zone_cannot_be_recorded():
    with pytest.raises(ValueError, match="time zone"):
        msgspec.structs.replace(RECORD, rendered_at=NOON)


def test_a_fraction_that_is_not_text_cannot_be_recorded():
    with pytest.raises(NotCanonical):
        msgspec.structs.replace(RECORD, params={"a": 0.5}).to_json()
