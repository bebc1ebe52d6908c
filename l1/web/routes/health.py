"""Whether the server lives, whether it can work, and what it counts."""

import asyncio
import shutil
from collections.abc import Awaitable

from starlette.responses import PlainTextResponse, Response

from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.metrics import Reading

_PATIENCE_S = 2.0
_LEAST_FREE = 64 * 2**20
_MOST_BEHIND = 10_000


async def _lives(asked: Asked) -> Response:
    return asked.json({"status": "alive"})


async def _ready(asked: Asked) -> Response:
    postgres, redis, disk, views = await asyncio.gather(
        _check(asked, asked.services.reader.head()),
        _check(asked, asked.web.health.ping_redis()),
        _check(asked, asyncio.to_thread(_disk, asked)),
        _check(asked, _views(asked)),
    )
    checks = {"postgres": postgres, "redis": redis, "disk": disk, "views": views}
    ready = all(check == "ok" for check in checks.values())
    status = {"status": "ready" if ready else "not ready", "checks": checks}
    return asked.json(status, 200 if ready else 503, {} if ready else {"Retry-After": "5"})


async def _check(asked: Asked, question: Awaitable[object]) -> str:
    task = asyncio.ensure_future(question)
    await asyncio.wait((task,), timeout=_PATIENCE_S)
    if not task.done():
        # Not waited for: a driver ends a question only when the server has answered to that.
        task.add_done_callback(_forget)
        task.cancel()
        return "away"
    try:
        problem = task.result()
    except asked.web.outages:
        return "away"
    return problem if isinstance(problem, str) and problem else "ok"


def _forget(task: asyncio.Future[object]) -> None:
    """Take note of how it ended, or it would be logged as overlooked."""
    if not task.cancelled():
        task.exception()


def _disk(asked: Asked) -> str:
    free = shutil.disk_usage(asked.web.health.folder).free
    return "" if free >= _LEAST_FREE else f"only {free} bytes are free"


async def _views(asked: Asked) -> str:
    views, names = asked.services.views, asked.web.health.views
    if stopped := await views.stopped(*names):
        return f"stopped: {', '.join(stopped)}"
    behind = await asked.services.reader.head() - await views.position(*names)
    return "" if behind <= _MOST_BEHIND else f"{behind} facts behind"


async def _metrics(asked: Asked) -> Response:
    services = asked.services
    views = {name: await services.views.position(name) for name in asked.web.health.views}
    reading = Reading(
        work=await services.work.counts(), head=await services.reader.head(), views=views
    )
    text = asked.web.metrics.text(reading).decode()
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


LIVES = Endpoint(
    method="GET",
    path="/healthz",
    handler=_lives,
    summary="The process answers",
    public=True,
    answers={200: "It does"},
)
READY = Endpoint(
    method="GET",
    path="/readyz",
    handler=_ready,
    summary="Postgres, Redis, the disk and the views are fit to work with",
    public=True,
    answers={200: "They are", 503: "What is not"},
)
METRICS = Endpoint(
    method="GET",
    path="/metrics",
    handler=_metrics,
    summary="Counts for Prometheus: work by queue and state, requests, the log, the views",
    loopback=True,
    gives=("text/plain",),
    answers={200: "The text format"},
)
