"""A whole node behind a real server on loopback."""

import pytest

from tests.running.node import open_node
from tests.web.site import open_site


@pytest.fixture
async def site(tmp_path, database_url, redis_url):
    async with (
        open_node(tmp_path, database_url, redis_url, ARTDAG_UPLOAD_LIMIT="3000000") as node,
        open_site(node) as opened,
    ):
        yield opened
