import asyncio
import contextlib
import time
from urllib.parse import urlsplit

from l1.settings import from_environment
from tests.running.node import open_node
from tests.web.site import open_site


async def test_a_healthy_node_says_so(site):
    assert (await site.stranger.get("/healthz")).json() == {"status": "alive"}
    ready = await site.stranger.get("/readyz")
    assert ready.status_code == 200
    assert set(ready.json()["checks"].values()) == {"ok"}


async def test_without_redis_it_is_not_ready_and_yet_answers(tmp_path, database_url):
    nobody = "redis://127.0.0.1:1/0"
    async with open_node(tmp_path, database_url, nobody) as node, open_site(node) as site:
        ready = await site.stranger.get("/readyz")
        assert ready.status_code == 503
        assert ready.headers["retry-after"]
        assert ready.json()["checks"] | {"redis": "away"} == ready.json()["checks"]
        sent = await site.upload(b"works without Redis")
        run = await site.run("identity", sent["cid"])
        assert (await site.owner.get(f"/runs/{run['run_id']}")).json()["status"] == "pending"


async def test_a_view_that_stopped_is_not_ready(site):
    pool = site.node.services.views.pool
    await pool.execute("update projection set state = 'stopped' where name = 'steps'")
    ready = await site.stranger.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["views"]) == (503, "stopped: steps")


async def test_a_database_that_hangs_is_told_in_time(tmp_path, database_url, redis_url):
    async with (
        relay(database_url) as (url, flowing),
        open_node(tmp_path, url, redis_url) as node,
        open_site(node) as site,
    ):
        flowing.clear()
        start = time.monotonic()
        ready = await site.stranger.get("/readyz", timeout=20)
        took = time.monotonic() - start
        flowing.set()
        assert ready.status_code == 503
        away = {"postgres": "away", "views": "away"}
        assert ready.json()["checks"] | away == ready.json()["checks"]
        assert took < 5

        async def recovered():
            return (await site.stranger.get("/readyz")).status_code == 200

        await node.until(recovered, what="the database answers again")


@contextlib.asynccontextmanager
async def relay(url):
    """Stand between a node and its database; nothing passes while the event is cleared."""
    parts, flowing, pumps = urlsplit(url), asyncio.Event(), set()
    flowing.set()

    async def pump(source, sink):
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                await flowing.wait()
                sink.write(data)
        sink.close()

    async def accept(reader, writer):
        theirs, ours = await asyncio.open_connection(parts.hostname, parts.port)
        for task in (pump(reader, ours), pump(theirs, writer)):
            pumps.add(asyncio.create_task(task))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        account = parts.netloc.rpartition("@")[0]
        yield parts._replace(netloc=f"{account}@127.0.0.1:{port}").geturl(), flowing
    await asyncio.gather(*pumps)


async def test_metrics_count_requests_work_and_the_log(site):
    sent = await site.upload(b"counted")
    await site.run("identity", sent["cid"])
    text = (await site.owner.get("/metrics")).text
    counted = 'artdag_requests_total{method="POST",path="/cache/upload",status="201"} 1.0'
    assert counted in text
    assert 'artdag_executions{queue="io",state=' in text
    head = await site.node.services.reader.head()
    assert f"artdag_log_head {float(head)}" in text
    assert 'artdag_view_lag{view="runs"}' in text


def test_the_addresses_of_htmx_are_settings():
    settings = from_environment({"ARTDAG_HTMX_URL": "/static/htmx.js"})
    assert settings.htmx_url == "/static/htmx.js"
    assert settings.htmx_integrity.startswith("sha384-")
