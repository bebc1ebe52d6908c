"""The fixture of tests that need a whole node."""

import pytest

from tests.running.node import open_node


@pytest.fixture
async def node(tmp_path, database_url, redis_url):
    async with open_node(tmp_path, database_url, redis_url) as opened:
        yield opened
