"""PROBE: what the probe found, as a document."""

import json

import pytest

from l1 import compose
from l1.content.canonical import canonical
from l1.media.probing import probe
from tests.effects.rendering import render
from tests.media.making import make_audio, make_video


@pytest.fixture(scope="module")
def node():
    return compose.effects()["probe"]


def test_a_step_tells_what_a_file_is(tmp_path, node):
    file = make_video(tmp_path / "a.mp4", frames=12, rate=24, rotate=90)
    render(node, file, tmp_path / "out")
    found = json.loads((tmp_path / "out").read_bytes())["probe"]
    assert canonical({"probe": found}) == (tmp_path / "out").read_bytes()
    assert (found["kind"], found["media_type"]) == ("video", "video/mp4")
    assert found["video"]["frames"] == 12
    assert found["video"]["rotation"] == 270
    assert probe(tmp_path / "out").kind == "text"


@pytest.mark.parametrize("name", ["a.wav", "a.txt", "a.bin"])
def test_it_takes_anything(tmp_path, node, name):
    file = tmp_path / name
    if name == "a.wav":
        make_audio(file)
    else:
        file.write_bytes(b"hello" if name == "a.txt" else bytes(range(256)))
    render(node, file, tmp_path / "out")
    kind = {"a.wav": "audio", "a.txt": "text", "a.bin": "data"}[name]
    assert json.loads((tmp_path / "out").read_bytes())["probe"]["kind"] == kind
