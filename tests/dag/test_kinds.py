import pytest

from l1.dag.kinds import check_inputs, kind_given
from l1.dag.node import Node, Params
from l1.errors import Refused

MOVING = frozenset({"video", "audio"})


def node(accepts=frozenset({"video"}), gives=None):
    return Node(
        name="n", version=1, summary="", params=Params, accepts=(accepts,), many=True, gives=gives
    )


def test_a_node_gives_what_it_says_or_what_it_was_first_given():
    given = [("a", frozenset({"image"})), ("b", frozenset({"video"}))]
    assert kind_given(node(), given) == {"image"}
    assert kind_given(node(gives="data"), given) == {"data"}
    assert kind_given(node(gives=MOVING), given) == MOVING
    assert kind_given(node(), []) == frozenset()


def test_what_may_serve_as_one_of_several_kinds_is_taken_for_each():
    check_inputs(node(frozenset({"audio"})), [("a", MOVING), ("b", MOVING)])
    with pytest.raises(Refused, match="input 2 of n takes image; b is audio and video"):
        check_inputs(node(frozenset({"image"})), [("a", frozenset({"image"})), ("b", MOVING)])
