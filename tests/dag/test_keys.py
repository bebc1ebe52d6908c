"""Cache keys: what is in them, what is not, and what a difference is called."""

import hashlib
import json

import msgspec
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from l1.dag.keys import Preimage, trust_domain, why

BLUR = Preimage(
    key_version=1,
    node="blur",
    version=3,
    params={"radius": 7},
    inputs=("bafkreicat", "bafkreiclip"),
    profile="deterministic-1",
)


def changed(**fields):
    return msgspec.structs.replace(BLUR, **fields)


def test_a_key_is_the_sha_256_of_the_canonical_preimage():
    text = rfc8785.dumps(
        {
            "inputs": ["bafkreicat", "bafkreiclip"],
            "key_version": 1,
            "node": "blur",
            "params": {"radius": 7},
            "profile": "deterministic-1",
            "version": 3,
        }
    )
    assert BLUR.key() == hashlib.sha256(text).hexdigest()


def test_the_key_of_a_preimage_never_changes():
    assert BLUR.key() == "b05847e66a0b63688d20862656ad37c851f3d54aaf32bbdd556b0781404c938f"


def test_swapped_inputs_have_another_key():
    swapped = changed(inputs=BLUR.inputs[::-1])
    assert swapped.key() != BLUR.key()
    assert why(BLUR, swapped) == ("inputs.0", "inputs.1")


def test_a_new_version_or_other_code_has_another_key():
    assert len({BLUR.key(), changed(version=4).key(), changed(version="3").key()}) == 3


def test_another_cluster_key_is_another_world_and_is_not_written_down():
    ours = changed(cluster_key=trust_domain("our secret"))
    theirs = changed(cluster_key=trust_domain("their secret"))
    assert len({BLUR.key(), ours.key(), theirs.key()}) == 3
    assert why(ours, theirs) == ("cluster_key",)
    assert b"secret" not in json.dumps(ours.plain()).encode()
    assert changed(cluster_key=trust_domain("")) == BLUR


def test_why_names_each_field_that_differs():
    other = changed(
        version=4, params={"radius": 8, "mask": True}, inputs=("bafkreicat",), profile="fast"
    )
    assert why(BLUR, other) == ("inputs.1", "params.mask", "params.radius", "profile", "version")
    assert why(BLUR, BLUR) == ()


def test_what_parameters_follow_is_in_the_key():
    one, other = changed(bound={"radius": 1}), changed(bound={"amount": 1})
    assert len({BLUR.key(), one.key(), other.key()}) == 3
    assert why(BLUR, one) == ("bound.radius",)
    assert why(one, other) == ("bound.amount", "bound.radius")
    assert changed(bound={}) == BLUR
    assert "bound" not in BLUR.plain()


PREIMAGES = st.builds(
    Preimage,
    key_version=st.integers(1, 2),
    node=st.sampled_from(["blur", "dog"]),
    version=st.integers(0, 1) | st.sampled_from(["0", "1"]),
    params=st.dictionaries(
        st.sampled_from(["a", "b"]), st.integers(0, 1) | st.booleans() | st.sampled_from(["0", "1"])
    ),
    inputs=st.lists(st.sampled_from(["x", "y"]), max_size=3).map(tuple),
    profile=st.sampled_from(["p", "q"]),
    cluster_key=st.sampled_from(["", "k"]),
    bound=st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 1)),
)


@given(PREIMAGES, PREIMAGES)
def test_why_is_silent_exactly_when_the_keys_are_equal(a, b):
    assert (why(a, b) == ()) == (a.key() == b.key())
    assert why(a, b) == why(b, a)
