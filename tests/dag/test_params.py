"""Parameters: one meaning, one text."""

from decimal import Decimal
from enum import Enum
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.dag.node import Node, Params, fraction
from l1.dag.param_words import describe
from l1.dag.params import decimal_text, normalise, parse_params
from l1.errors import Refused
from tests.dag.nodes import NODES, BlurParams, SegmentParams


def normal(name, **config):
    return normalise(parse_params(NODES[name], config))


def refusal(name, **config):
    with pytest.raises(Refused) as caught:
        parse_params(NODES[name], config)
    return caught.value


def test_defaults_are_left_out():
    assert normal("blur") == {}
    assert normal("blur", radius=2, strength="0.50", mode="gauss", mask=False, tint="") == {}
    assert normal("blur", radius=3) == {"radius": 3}


def test_fractions_are_written_one_way():
    for spelled in ("0.25", "0.250", ".25", "2.5e-1", Decimal("0.2500")):
        assert normal("blur", strength=spelled) == {"strength": "0.25"}
    assert normal("segment", start=10) == {"start": "10"}
    assert normal("segment", start="1e1") == {"start": "10"}
    assert normal("segment", start="-0.0") == {"start": "0"}


def test_lists_of_fractions_are_written_one_way():
    assert normal("audio_mix", gains=["0.50", 1, Decimal(".5")]) == {"gains": ["0.5", "1", "0.5"]}


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1000, max_value=1000)
)
def test_equal_fractions_have_equal_text_and_keep_their_value(value):
    assert Decimal(decimal_text(value)) == value
    assert (
        decimal_text(value)
        == decimal_text(value.normalize())
        == decimal_text(value + Decimal("0.00000000"))
    )


FRACTIONS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**18) + 1, 10**18 - 1) | st.integers(-9, 9),
    st.integers(0, 18),
)


@given(FRACTIONS, FRACTIONS)
def test_different_fractions_have_different_text(a, b):
    assert (decimal_text(a) == decimal_text(b)) == (a == b)


@pytest.mark.parametrize("value", ["nan", "inf", "1e999999999", "1e-999999999", "1" * 19])
def test_endless_fractions_are_refused(value):
    assert "18 digits" in refusal("segment", start=value).message
    with pytest.raises(Refused, match="18 digits"):
        normal("audio_mix", gains=[value])


def test_a_value_out_of_range_is_named_with_range_and_default():
    assert refusal("blur", radius=51).message == (
        "blur.radius: Expected `int` <= 50 (a whole number from 1 to 50; default 2)"
    )
    error = refusal("blur", strength="1.5")
    assert error.message == (
        "blur.strength: Expected a number <= 1 for `strength` (a number from 0 to 1; default 0.5)"
    )
    assert error.facts["field"] == "strength"
    assert error.code == "bad_parameter"


def test_a_missing_parameter_is_named():
    assert refusal("segment").message == (
        "segment.start: Object missing required field `start` (a number of at least 0; required)"
    )


def test_an_unknown_parameter_is_answered_with_the_nearest():
    assert refusal("blur", radios=3).message == (
        "blur has no parameter 'radios'; did you mean 'radius'?"
    )
    assert refusal("dog", size=1).message == "dog has no parameter 'size'; dog takes none"


def test_each_type_is_put_into_words():
    assert describe(BlurParams, "mode") == "one of box, gauss; default gauss"
    assert describe(BlurParams, "mask") == "true or false; default False"
    assert describe(BlurParams, "tint") == "a text; default empty"
    assert describe(SegmentParams, "duration") == "a number of at least 0; default 1"


class Corner(Enum):
    TOP = "top"
    LOW = "low"


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    opacity: Decimal = Decimal(1)
    at: Corner = Corner.TOP


class Fade(msgspec.Struct, frozen=True, kw_only=True, tag="fade"):
    frames: int = 5


class Cut(msgspec.Struct, frozen=True, kw_only=True, tag="cut"):
    frames: int = 5


class LayerParams(Params):
    layers: list[Layer] = msgspec.field(default_factory=list)
    names: dict[str, Decimal] = msgspec.field(default_factory=dict)
    marks: frozenset[int] = frozenset()
    limit: Annotated[int, msgspec.Meta(le=9)] | None = None
    change: Fade | Cut = Cut()
    most: Annotated[Decimal, fraction("Most", le="9")] = Decimal(1)


LAYER = Node(name="layer", version=1, summary="", params=LayerParams, accepts=())


def test_nested_values_are_normalised_too():
    given_ = {
        "layers": [{"opacity": "0.50", "at": "low"}, {"opacity": "1.0"}],
        "names": {"b": "1.10", "a": 2},
        "marks": [3, 1, 2],
        "limit": 4,
        "change": {"type": "fade"},
    }
    assert normalise(parse_params(LAYER, given_)) == {
        "layers": [{"opacity": "0.5", "at": "low"}, {}],
        "names": {"b": "1.1", "a": "2"},
        "marks": [1, 2, 3],
        "limit": 4,
        "change": {"type": "fade"},
    }
    assert normalise(parse_params(LAYER, {"layers": [], "limit": None})) == {}


def test_normalised_parameters_are_read_back_as_they_were():
    for node, config in (
        (LAYER, {"layers": [{"at": "low"}], "limit": 4}),
        (NODES["blur"], {"strength": ".7"}),
    ):
        params = parse_params(node, config)
        assert parse_params(node, normalise(params)) == params


def test_the_words_for_other_types_are_plain():
    assert describe(LayerParams, "most") == "a number of at most 9; default 1"
    assert describe(LayerParams, "layers") == "a list; default []"
    assert describe(OpenParams, "width") == "a whole number from 1 to 99; may be left out"
    assert describe(OpenParams, "end") == "a number of at least 0; may be left out"
    assert describe(OpenParams, "change") == "a map or a text; default cut"


class OtherParams(Params):
    much: int = 1


class OpenParams(Params):
    width: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    end: Annotated[Decimal | None, fraction("", ge="0")] = None
    change: OtherParams | str = "cut"


class AnyParams(Params):
    options: dict[str, object] = msgspec.field(default_factory=dict)


def test_a_value_without_canonical_form_is_refused_by_name():
    node = Node(name="model", version=1, summary="", params=AnyParams, accepts=())
    with pytest.raises(Refused, match=r"options\.x: float has no canonical form"):
        normalise(parse_params(node, {"options": {"x": 0.5}}))
