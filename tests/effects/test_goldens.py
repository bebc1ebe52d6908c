"""What the example of every node type makes stays, to the bit, what it was."""

import json

import pytest

from docs.nodes.example import FOLDER, render
from docs.nodes.media import make
from l1 import compose
from tests.effects.golden import GOLDENS, golden

TABLE = json.loads(GOLDENS.read_text())
WRITE = ".venv/bin/python -m tests.effects.write_goldens"


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    return lambda name: make(name, folder)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_example_makes_what_it_made(tmp_path, media, name):
    made = render(name, tmp_path, media)
    assert made.info.problem == ""
    assert golden(made.output, made.info) == TABLE[name], (
        f"{name} makes other bytes: raise its version, then {WRITE} {name}"
    )


def test_every_node_has_a_golden_hash():
    without = sorted(set(compose.effects()) - set(TABLE))
    assert not without, f"write docs/nodes/examples/NAME.yaml, then {WRITE}; for {without}"
    assert set(TABLE) <= {path.stem for path in FOLDER.glob("*.yaml")}
