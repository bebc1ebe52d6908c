"""A clip to render, and a home to do it in."""

import tempfile
from pathlib import Path

import pytest

from tests.journeys.command import Home
from tests.media.making import make_video


@pytest.fixture(scope="package")
def clip(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=75, audio="aac")


@pytest.fixture
def home():
    """A home outside the folders that only we can enter, so that a database account can."""
    with tempfile.TemporaryDirectory(prefix="artdag-journey-") as name:
        Path(name).chmod(0o755)
        yield Home(Path(name) / "home")
