"""Appends to the log with group commit: while one batch commits, the next one gathers."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

import asyncpg
import msgspec

from l1.errors import Refused, Unavailable
from l1.events.codec import Codec, Row
from l1.log.command import Appended, Barred, Command, NothingSince, Stale
from l1.log.lost import LOST_CONNECTION

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement

    Connection = asyncpg.Connection[asyncpg.Record]
    Statement = PreparedStatement[asyncpg.Record]

_BATCH = 512
_PATIENCE = 20.0  # seconds to get through to a database that went away
# All that an append looks up has an index. A plan made while the tables were small, and kept,
# would read them whole for every step of a large plan.
_PLANS = {"enable_seqscan": "off", "plan_cache_mode": "force_generic_plan"}
_ONE = "select log_append_one($1, $2, $3, $4, $5, $6, $7, $8)"
_MANY = "select * from log_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"


class _Entry:
    """A command on its way, encoded off the lock."""

    __slots__ = ("check", "command", "future", "rows")

    def __init__(self, command: Command, rows: list[Row]) -> None:
        self.command = command
        self.rows = rows
        self.check = _check(command)
        self.future: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()


class Appender:
    """The one writer of this process, over one connection.

    A lost connection is no loss: the batch is sent again, and what had been committed is known by
    its event ids.
    """

    def __init__(self, dsn: str, codec: Codec) -> None:
        self._dsn = dsn
        self._codec = codec
        self._waiting: deque[_Entry] = deque()
        self._sending: list[_Entry] = []
        self._turn = asyncio.Lock()  # whoever holds it sends
        self._wake = asyncio.Event()
        self._closing = False
        self._connection: Connection | None = None
        self._one: Statement | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and begin to write."""
        await self._connected()
        self._task = asyncio.create_task(self._write(), name="log appender")
        self._task.add_done_callback(self._stopped)

    async def close(self) -> None:
        """Write what waits, then stop."""
        self._closing = True
        self._wake.set()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection:
            await self._connection.close(timeout=5)

    async def append(self, command: Command) -> Appended:
        """Append a command's facts and answer their positions once they are durable.

        Raises `Stale`, `Barred`, `Refused` (an event id was used for another fact) or
        `Unavailable` (the database cannot be reached: whether the facts stand is unknown, append
        the same command again to find out).
        """
        rows = [
            self._codec.encode(event_id, fact, command.meta)
            for event_id, fact in zip(command.ids, command.facts, strict=True)
        ]
        if self._closing or self._task is None or self._task.done():
            raise Unavailable("the log takes nothing now: the server is stopping")
        if not (self._waiting or self._turn.locked() or len(self._sending) > 1):
            position = await self._append_alone(command, rows)
            if position:
                return Appended(first=position, last=position)
        return await self._enqueue(command, rows)

    def _enqueue(self, command: Command, rows: list[Row]) -> "asyncio.Future[Appended]":
        entry = _Entry(command, rows)
        self._waiting.append(entry)
        self._wake.set()
        return entry.future

    async def _append_alone(self, command: Command, rows: list[Row]) -> int | None:
        """Append for a caller who has been alone of late, two task switches quicker than a batch.

        Answers None when it takes a batch, to check or to find out what is wrong.
        """
        if len(rows) > 1 or command.conditions or command.guard:
            return None
        async with self._turn:
            if self._one is None:
                return None
            try:
                position: int = await self._one.fetchval(*rows[0])
            except (*LOST_CONNECTION, asyncpg.PostgresError):  # an id that is known among them
                return None
            except asyncio.CancelledError:
                # It may have been written or not, and the connection is in between.
                self._disconnect()
                self._enqueue(command, rows).cancel()
                raise
        return position

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting or self._closing:
                async with self._turn:
                    if not self._waiting:
                        return  # nobody is under way alone, who could yet need a batch
                    size = min(len(self._waiting), _BATCH)
                    self._sending = [self._waiting.popleft() for _ in range(size)]
                    await self._commit(self._sending)
                await asyncio.sleep(0)  # who was answered may have more to say: it shares a batch

    def _stopped(self, _task: "asyncio.Task[None]") -> None:
        """Let nobody wait for a writer that is no more, whatever ended it."""
        error = Unavailable("the log's writer has stopped; whether the facts stand is unknown")
        _fail([*self._sending, *self._waiting], error)

    async def _commit(self, batch: list[_Entry]) -> None:
        """Send a batch; one that fails as a whole is sent again command by command."""
        try:
            await self._send(batch)
        except LOST_CONNECTION:
            _fail(batch, Unavailable("the database cannot be reached; try again"))
        except asyncpg.PostgresError as error:
            if len(batch) > 1:
                for entry in batch:
                    await self._commit([entry])
            else:
                _fail(batch, error)

    async def _send(self, batch: list[_Entry]) -> None:
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            try:
                await self._send_all(await self._connected(), batch)
                return
            except LOST_CONNECTION:
                self._disconnect()  # it may not know yet that it is dead, and refuse to be used
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.1)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = self._one = None

    async def _connected(self) -> "Connection":
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._dsn, timeout=5, server_settings=_PLANS)
            self._one = await self._connection.prepare(_ONE)
        return self._connection

    async def _send_all(self, connection: "Connection", batch: Sequence[_Entry]) -> None:
        flat = [(number, row) for number, entry in enumerate(batch, 1) for row in entry.rows]
        rows = [row for _, row in flat]
        tags = [(i, tag) for i, row in enumerate(rows, 1) for tag in row.tags]
        answers = await connection.fetch(
            _MANY,
            [entry.check for entry in batch],
            [number for number, _ in flat],
            *([row[column] for row in rows] for column in range(7)),
            [i for i, _ in tags],
            [tag for _, tag in tags],
        )
        for entry, answer in zip(batch, answers, strict=True):
            outcome, first, last, detail = answer
            if outcome == "known":
                await self._known(connection, entry, first, last)
            elif outcome == "appended":
                _answer(entry, Appended(first=first, last=last))
            else:
                _refuse(entry, outcome, detail)

    async def _known(self, connection: "Connection", entry: _Entry, first: int, last: int) -> None:
        """Answer a retry, unless its event ids had been used for other facts."""
        stored = await connection.fetch(
            "select event_id, kind, data from event where event_id = any($1)",
            list(entry.command.ids),
        )
        facts = {record["event_id"]: (record["kind"], record["data"]) for record in stored}
        if all(facts.get(row.event_id) == (row.kind, row.data) for row in entry.rows):
            _answer(entry, Appended(first=first, last=last, known=True))
        else:
            error = Refused("this id was used before for something else", code="id_reused")
            _fail([entry], error)


def _check(command: Command) -> str | None:
    check: dict[str, object] = {}
    if command.conditions:
        check["conditions"] = [_condition(condition) for condition in command.conditions]
    if command.guard:
        check["guard"] = {"name": command.guard.name, "args": command.guard.args}
    return msgspec.json.encode(check).decode() if check else None


def _condition(condition: object) -> dict[str, object]:
    if isinstance(condition, NothingSince):
        return {"tags": condition.tags, "kinds": condition.kinds, "after": condition.after}
    return msgspec.to_builtins(condition)  # type: ignore[no-any-return]


def _answer(entry: _Entry, appended: Appended) -> None:
    if not entry.future.done():
        entry.future.set_result(appended)


def _refuse(entry: _Entry, outcome: str, detail: str) -> None:
    if outcome == "stale":
        message = f"something happened in between, so this no longer holds: {detail}"
        _fail([entry], Stale(message, condition=detail))
    else:
        message = f"the work has moved on ({detail})"
        _fail([entry], Barred(message, guard=detail))


def _fail(batch: Sequence[_Entry], error: BaseException) -> None:
    for entry in batch:
        if not entry.future.done():
            entry.future.set_exception(error)
