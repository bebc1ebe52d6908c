"""Appending to the log, against the recorder of the `eventsourcing` library in its normal mode.

The library's writers are threads over a psycopg pool, one event a call, into the same server.
Its row has fewer columns and indexes and no tags; the payload is the same text. Both commit
durably and both order the log by a lock; ours commits many callers' facts at once.
"""

import asyncio
import importlib.util
import time
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from bench import facts
from bench.append import ours
from bench.benchmark import Benchmark, Row, Setting, Target, in_turns
from bench.databases import servers
from l1.compose import events
from l1.events.codec import Codec
from l1.events.event import new_event_id
from l1.log.append import Appender


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure 32 writers and one."""
    if importlib.util.find_spec("eventsourcing") is None:
        return
    codec = Codec(events())
    async with servers(setting) as at:
        appender = Appender(at.database_url, codec)
        await appender.start()
        for writers, bound in ((32, 10.0), (1, None)):
            library = Library(at.database_url, codec, writers)
            count = setting.pick(4000, 320) if writers > 1 else setting.pick(500, 50)
            pairs = await in_turns(
                lambda writers=writers, count=count: ours(appender, writers, count),
                lambda count=count, library=library: library.measure(count),
                rounds=setting.pick(7, 1),
            )
            library.close()
            yield Row(
                what=f"append, {writers} writer{'s' * (writers > 1)}",
                peer="eventsourcing's Postgres recorder (threads)",
                unit="facts/s",
                pairs=pairs,
                target=Target(sign=">=", bound=bound) if bound else None,
                note=f"both durable; the peer stores no tags and fewer columns; {count} a round",
            )
        await appender.close()


class Library:
    """The peer: a recorder and so many threads."""

    def __init__(self, url: str, codec: Codec, writers: int) -> None:
        from eventsourcing.postgres import (  # noqa: PLC0415 - a development dependency
            PostgresApplicationRecorder,
            PostgresDatastore,
        )

        parts = urlsplit(url)
        self._codec = codec
        self._threads = ThreadPoolExecutor(writers)
        self._writers = writers
        self._datastore = PostgresDatastore(
            dbname=parts.path[1:],
            host=str(parts.hostname),
            port=str(parts.port),
            user=str(parts.username),
            password=str(parts.password),
            pool_size=writers,
            max_overflow=0,
        )
        self._recorder = PostgresApplicationRecorder(
            self._datastore, events_table_name=f"stored_events_{writers}"
        )
        self._recorder.create_table()

    async def measure(self, count: int) -> float:
        """Record so many events and answer events a second."""
        events = [self._event() for _ in range(count)]
        loop = asyncio.get_running_loop()
        start = time.perf_counter()
        await asyncio.gather(
            *(
                loop.run_in_executor(self._threads, self._write, events[n :: self._writers])
                for n in range(self._writers)
            )
        )
        return count / (time.perf_counter() - start)

    def close(self) -> None:
        self._threads.shutdown()
        self._datastore.close()

    def _write(self, events: list[Any]) -> None:
        for event in events:
            self._recorder.insert_events([event])

    def _event(self) -> Any:
        from eventsourcing.persistence import StoredEvent  # noqa: PLC0415

        event_id = new_event_id()
        row = self._codec.encode(event_id, facts.stored(event_id), facts.META)
        return StoredEvent(
            originator_id=uuid.uuid4(),
            originator_version=1,
            topic=row.kind,
            state=(row.data + row.meta).encode(),
        )


APPEND_LIBRARY = Benchmark(name="append_library", measure=measure)
