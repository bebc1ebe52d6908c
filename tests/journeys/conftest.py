"""A clip to render, music to render it to, and a home to do it in."""

import tempfile
from pathlib import Path

import pytest

from tests.analyses.sounds import drums, write_wav
from tests.journeys.command import Home
from tests.media.making import make_video


@pytest.fixture(scope="package")
def clip(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=75, audio="aac")


@pytest.fixture(scope="package")
def music(tmp_path_factory):
    """Sixteen beats at 120 a minute."""
    return write_wav(tmp_path_factory.mktemp("music") / "music.wav", drums(120, 8))


@pytest.fixture(scope="package")
def ours(clip, music):
    """What makes the demo use these files instead of fetching samples."""
    return ("--video", clip, "--audio", music)


@pytest.fixture
def home():
    """A home outside the folders that only we can enter, so that a database account can."""
    with tempfile.TemporaryDirectory(prefix="artdag-journey-") as name:
        Path(name).chmod(0o755)
        yield Home(Path(name) / "home")
