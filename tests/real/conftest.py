"""Real clips, fetched once, and what examples of nodes are given of them."""

import pytest

from tests.real.media import Palette, fetch_clips


@pytest.fixture(scope="package")
def clips(tmp_path_factory):
    return fetch_clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="package")
def real(clips, tmp_path_factory):
    return Palette(clips, tmp_path_factory.mktemp("palette"))
