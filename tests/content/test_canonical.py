"""Canonical JSON, against an independent implementation of RFC 8785."""

import json

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from l1.content.canonical import LIMIT, NotCanonical, canonical, canonical_struct, digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.booleans() | st.integers(-LIMIT, LIMIT) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)


@given(VALUES)
def test_the_text_is_what_rfc_8785_asks_for(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_reading_and_writing_again_gives_the_same_text(value):
    text = canonical(value)
    assert canonical(json.loads(text)) == text
    assert canonical(msgspec.json.decode(text)) == text


@given(st.dictionaries(TEXT, st.integers(0, 9), max_size=8))
def test_the_order_in_which_keys_were_added_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_keys_are_ordered_by_utf_16_code_units():
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()
    assert canonical({"a": {"\ufb33": 1, "\U0001f600": 2}}).startswith(
        '{"a":{"\U0001f600"'.encode()
    )


def test_tuples_are_arrays():
    assert canonical((1, ("a", True))) == b'[1,["a",true]]'


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, "$"),
        ({"a": [1, 0.5]}, "$.a[1]"),
        ({"a": {"b": None}}, "$.a.b"),
        ([LIMIT + 1], "$[0]"),
        ([-LIMIT - 1], "$[0]"),
        ({1: "a"}, "$"),
        (["\ud800"], "$[0]"),
        ({"\udfff": 1}, "$"),
        (b"bytes", "$"),
        ({"a": {1, 2}}, "$.a"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value, place):
    with pytest.raises(NotCanonical, match="^" + place.replace("$", r"\$").replace("[", r"\[")):
        canonical(value)


def test_the_largest_integers_are_kept():
    assert canonical([LIMIT, -LIMIT]) == b"[9007199254740991,-9007199254740991]"


def test_a_digest_is_the_sha_256_of_the_text():
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


class Point(msgspec.Struct, omit_defaults=True):
    y: int
    x: int = 0


def test_a_struct_is_written_by_its_builtin_form():
    assert canonical_struct(Point(y=2, x=1)) == b'{"x":1,"y":2}'
    assert canonical_struct(Point(y=2)) == b'{"y":2}'
