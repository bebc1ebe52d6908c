"""What the server counts, in the words of Prometheus."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from l1.web.endpoint import Endpoint


@dataclass(slots=True)
class Seen:
    """What came of a request."""

    status: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read from the database when somebody looks at the metrics."""

    work: Mapping[tuple[str, str], int]
    head: int
    views: Mapping[str, int]


class Metrics:
    """A registry of its own, so that two servers in one process do not meet."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "path", "status")
        self._requests = Counter(
            "artdag_requests", "Requests answered", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "artdag_request_seconds",
            "Time until an answer began, in seconds",
            ("method", "path"),
            registry=self._registry,
        )
        self._work = Gauge(
            "artdag_executions", "Pieces of work", ("queue", "state"), registry=self._registry
        )
        self._head = Gauge("artdag_log_head", "Newest position", registry=self._registry)
        self._lag = Gauge(
            "artdag_view_lag", "Facts that a view is behind", ("view",), registry=self._registry
        )

    @contextmanager
    def timed(self, endpoint: Endpoint) -> Iterator[Seen]:
        """Count a request and time it."""
        seen, start = Seen(), time.perf_counter()
        try:
            yield seen
        finally:
            method, path = endpoint.method, endpoint.path
            self._requests.labels(method, path, str(seen.status)).inc()
            self._seconds.labels(method, path).observe(time.perf_counter() - start)

    def text(self, reading: Reading) -> bytes:
        """Write everything down in the text format."""
        self._work.clear()
        for (queue, state), count in reading.work.items():
            self._work.labels(queue, state).set(count)
        self._head.set(reading.head)
        for view, position in reading.views.items():
            self._lag.labels(view).set(max(0, reading.head - position))
        return generate_latest(self._registry)
