"""Reading facts that older and newer releases wrote."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.canonical import NotCanonical
from l1.errors import Refused
from l1.events.codec import Codec, UnknownFact
from l1.events.event import Event, Meta, new_event_id
from l1.events.tree import body_hash
from tests.events.facts import TEXT

META = Meta(actor="owner", origin="test")
ID = UUID("0190f3c2-7e5a-7000-8000-0123456789ab")


class BrushDipped(Event, frozen=True, kw_only=True):
    """As it was first released."""

    kind: ClassVar[str] = "brush.dipped"
    colour: str
    seconds: int

    def stream(self) -> str:
        return f"brush-{self.colour}"


class BrushDippedNow(Event, frozen=True, kw_only=True):
    """As it is now: milliseconds since the second schema, a list of colours since the third."""

    kind: ClassVar[str] = "brush.dipped"
    schema: ClassVar[int] = 3
    upcasts: ClassVar[Mapping[int, Callable[[Any], Any]]] = {
        1: lambda old: {"colour": old["colour"], "ms": old["seconds"] * 1000},
        2: lambda old: {"colours": [old["colour"]], "ms": old["ms"]},
    }
    colours: tuple[str, ...]
    ms: int

    def stream(self) -> str:
        return "brush-" + "+".join(self.colours)


THEN = Codec({"brush.dipped": BrushDipped})
NOW = Codec({"brush.dipped": BrushDippedNow})


@given(colour=TEXT, seconds=st.integers(0, 10**9))
def test_an_old_fact_is_brought_up_schema_by_schema(colour: str, seconds: int) -> None:
    row = THEN.encode(ID, BrushDipped(colour=colour, seconds=seconds), META)
    now = NOW.decode(row.kind, row.schema, row.data)
    assert now == BrushDippedNow(colours=(colour,), ms=seconds * 1000)


def test_a_fact_of_the_schema_between_skips_the_first_step() -> None:
    now = NOW.decode("brush.dipped", 2, '{"colour":"red","ms":5}')
    assert now == BrushDippedNow(colours=("red",), ms=5)


def test_a_newer_schema_is_refused_by_name() -> None:
    row = NOW.encode(ID, BrushDippedNow(colours=("red",), ms=1), META)
    with pytest.raises(UnknownFact, match=r"brush\.dipped of schema 3"):
        THEN.decode(row.kind, row.schema, row.data)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(UnknownFact, match=r"paint\.dried of schema 1"):
        NOW.decode("paint.dried", 1, "{}")


def test_data_that_does_not_fit_its_class_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="ms"):
        NOW.decode("brush.dipped", 3, '{"colours":["red"],"ms":"long"}')


def test_a_field_that_a_newer_release_added_is_passed_over() -> None:
    assert THEN.decode("brush.dipped", 1, '{"colour":"red","seconds":1,"wet":true}') == BrushDipped(
        colour="red", seconds=1
    )


def test_a_value_without_canonical_form_is_refused() -> None:
    with pytest.raises(NotCanonical, match=r"\$\.seconds"):
        THEN.encode(ID, BrushDipped(colour="red", seconds=2**53), META)


@pytest.mark.parametrize("colour", ["re\0d", "\\\0"])
def test_a_nul_is_refused_for_no_database_column_takes_it(colour: str) -> None:
    with pytest.raises(Refused, match="NUL"):
        THEN.encode(ID, BrushDipped(colour=colour, seconds=1), META)


def test_a_backslash_before_the_letters_of_a_nul_is_just_text() -> None:
    fact = BrushDipped(colour="\\u0000", seconds=1)
    row = THEN.encode(ID, fact, META)
    assert THEN.decode(row.kind, row.schema, row.data) == fact


def test_what_is_absent_is_left_out_and_no_text_runs_over() -> None:
    row = THEN.encode(ID, BrushDipped(colour="red", seconds=1), META)
    assert row.data == '{"colour":"red","seconds":1}'
    assert row.meta == '{"actor":"owner","origin":"test"}'
    shifted = body_hash(ID, row.stream + row.kind, "", row.schema, b"", row.data.encode())
    assert row.body != shifted


def test_event_ids_sort_by_time_and_differ() -> None:
    ids = [new_event_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert [i.int >> 80 for i in ids] == sorted(i.int >> 80 for i in ids)
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
