"""A plan of levels in Celery: each level is a chord, whose body starts the next one."""

import os
import uuid
from typing import Any

from celery import Celery, chord
from redis import Redis

URL = os.environ["BENCH_CELERY_URL"]
app = Celery("bench", broker=URL, backend=URL)
app.conf.update(
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    result_expires=600,
    task_send_sent_event=False,
    worker_send_task_events=False,
)
_redis = Redis.from_url(URL)


@app.task
def noop(number: int) -> int:
    """Do nothing."""
    return number


@app.task
def advance(results: list[int], left: int, width: int, done: str) -> None:
    """Take a level's results and start the next level, or say that there is none."""
    if left:
        start_level(left, width, done)
    else:
        _redis.rpush(done, len(results))


def start_level(left: int, width: int, done: str) -> Any:
    """Start one level; `left` counts it and those after it."""
    return chord([noop.s(number) for number in range(width)])(advance.s(left - 1, width, done))


def run(levels: int, width: int) -> None:
    """Start a plan and wait for its end."""
    done = f"bench:done:{uuid.uuid4().hex}"
    start_level(levels, width, done)
    if _redis.blpop([done], timeout=600) is None:
        raise TimeoutError(done)


def wait_until_ready() -> None:
    """Wait until a worker has done something."""
    noop.delay(1).get(timeout=60)
