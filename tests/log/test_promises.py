"""What the log promises, under many writers, killed connections, retries and restarting readers.

Hypothesis draws what each writer tries; Postgres and the event loop draw the interleaving. An
oracle in Python then walks the log and judges every answer that was given.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l1.errors import Refused
from l1.events.codec import Codec
from l1.events.content import ContentDeleted
from l1.events.event import Event, Meta, Recorded
from l1.events.publication import PublicationRequested
from l1.events.run import RunCancelled, RunDiscarded
from l1.log.append import Appender
from l1.log.command import Appended, Command, NothingSince, Stale, StreamAt
from l1.log.read import Reader
from tests.log.fixtures import forget_everything

META = Meta(actor="owner", origin="test")
RUNS, CIDS = ("a", "b"), ("x", "y")
STREAMS = tuple(f"run-{run}" for run in RUNS) + tuple(f"content-{cid}" for cid in CIDS)
TAGS = tuple(f"run:{run}" for run in RUNS) + tuple(f"cid:{cid}" for cid in CIDS)
KINDS = ("run.cancelled", "run.discarded", "content.deleted", "publication.requested")

facts: st.SearchStrategy[Event] = st.one_of(
    st.builds(RunCancelled, run_id=st.sampled_from(RUNS)),
    st.builds(RunDiscarded, run_id=st.sampled_from(RUNS)),
    st.builds(ContentDeleted, cid=st.sampled_from(CIDS), reason=st.just("requested")),
    st.builds(PublicationRequested, cid=st.sampled_from(CIDS), activity_id=st.sampled_from("pq")),
)


@dataclass(frozen=True, kw_only=True)
class Version:
    """Expect a stream to be `off` beyond where the writer just saw it."""

    stream: str
    off: int


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Expect nothing of these kinds under these tags since `back` before the writer's look."""

    tags: tuple[str, ...]
    kinds: tuple[str, ...]
    back: int


def some(words: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True).map(tuple)


wishes = st.one_of(
    st.builds(Version, stream=st.sampled_from(STREAMS), off=st.sampled_from([0, 0, 0, 1, -1])),
    st.builds(Nothing, tags=some(TAGS), kinds=some(KINDS), back=st.integers(0, 3)),
)


@dataclass(frozen=True, kw_only=True)
class Append:
    """Append these facts, if the wishes hold."""

    facts: tuple[Event, ...]
    wishes: tuple[Version | Nothing, ...]


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Send again what somebody sent: as it was, or with other facts under its ids."""

    which: int
    forged: bool


@dataclass(frozen=True, kw_only=True)
class Kill:
    """Kill all writers' connections."""


deeds = st.one_of(
    st.builds(
        Append,
        facts=st.lists(facts, min_size=1, max_size=3).map(tuple),
        wishes=st.lists(wishes, max_size=2).map(tuple),
    ),
    st.builds(Append, facts=st.lists(facts, min_size=1, max_size=1).map(tuple), wishes=st.just(())),
    st.builds(Repeat, which=st.integers(0, 50), forged=st.sampled_from([False, False, True])),
    st.sampled_from([Kill(), Repeat(which=0, forged=False)]),
)
histories = st.lists(st.lists(deeds, min_size=1, max_size=8), min_size=1, max_size=6)
pages = st.lists(st.integers(1, 7), min_size=1, max_size=5)


@dataclass(kw_only=True)
class Sent:
    """A command with every answer it got."""

    command: Command
    forged: bool = False
    answers: list[Appended | Refused] = field(default_factory=list)
    seen: tuple[int, ...] = ()


@pytest.fixture
async def appenders(database_url: str, codec: Codec) -> AsyncIterator[list[Appender]]:
    made = [Appender(database_url, codec) for _ in range(3)]
    await asyncio.gather(*(appender.start() for appender in made))
    yield made
    await asyncio.gather(*(appender.close() for appender in made))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories=histories, pages=st.lists(pages, min_size=2, max_size=2))
async def test_the_log_keeps_its_promises(
    appenders: list[Appender],
    pool: asyncpg.Pool,
    reader: Reader,
    histories: list[list[object]],
    pages: list[list[int]],
) -> None:
    await forget_everything(pool)
    sent: list[Sent] = []
    done = asyncio.Event()
    reading = [asyncio.create_task(read_on(reader, sizes, done)) for sizes in pages]
    writers = [
        carry_out(deeds, appenders, i, pool=pool, sent=sent) for i, deeds in enumerate(histories)
    ]
    try:
        await asyncio.gather(*writers)
    finally:
        done.set()
    log = [recorded async for recorded in reader.everything()]
    for read in await asyncio.gather(*reading):
        assert read == log
    judge_order(log)
    judge_answers(log, sent)


async def carry_out(
    deeds: list[object],
    appenders: list[Appender],
    number: int,
    *,
    pool: asyncpg.Pool,
    sent: list[Sent],
) -> None:
    for turn, deed in enumerate(deeds):
        appender = appenders[(number + turn) % len(appenders)]
        match deed:
            case Kill():
                await pool.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and query ~ '^select (. from )?log_append'"
                )
            case Append():
                item = Sent(command=await command_of(deed, pool))
                item.seen = tuple([await version_of(pool, stream) for stream in STREAMS])
                sent.append(item)
                await send(appender, item)
            case Repeat(which=which, forged=forged) if sent:
                item = sent[which % len(sent)]
                if forged and not item.forged:
                    other = tuple(RunCancelled(run_id="forged") for _ in item.command.facts)
                    item = Sent(
                        command=msgspec.structs.replace(item.command, facts=other),
                        forged=True,
                        seen=item.seen,
                    )
                    sent.append(item)
                await send(appender, item)


async def command_of(deed: Append, pool: asyncpg.Pool) -> Command:
    conditions: list[StreamAt | NothingSince] = []
    for wish in deed.wishes:
        if isinstance(wish, Version):
            version = max(0, await version_of(pool, wish.stream) + wish.off)
            conditions.append(StreamAt(stream=wish.stream, version=version))
        else:
            head = await pool.fetchval("select coalesce(max(position), 0) from event")
            after = max(0, head - wish.back)
            conditions.append(NothingSince(tags=wish.tags, kinds=wish.kinds, after=after))
    return Command(facts=deed.facts, meta=META, conditions=tuple(conditions))


async def version_of(pool: asyncpg.Pool, stream: str) -> int:
    query = "select coalesce(max(version), 0) from event where stream = $1"
    return int(await pool.fetchval(query, stream))


async def send(appender: Appender, item: Sent) -> None:
    try:
        item.answers.append(await appender.append(item.command))
    except Refused as refused:
        item.answers.append(refused)


async def read_on(reader: Reader, sizes: list[int], done: asyncio.Event) -> list[Recorded]:
    """Read while others write, with ever other page sizes, knowing nothing but a position."""
    read: list[Recorded] = []
    turn = 0
    while True:
        over = done.is_set()
        after = read[-1].position if read else 0
        page = await reader.page(after, sizes[turn % len(sizes)])
        read += page
        turn += 1
        if over and not page:
            return read
        await asyncio.sleep(0)


def judge_order(log: list[Recorded]) -> None:
    assert [recorded.position for recorded in log] == list(range(1, len(log) + 1))
    assert [recorded.at for recorded in log] == sorted(recorded.at for recorded in log)
    versions: Counter[str] = Counter()
    for recorded in log:
        assert recorded.stream == recorded.event.stream()
        versions[recorded.stream] += 1
        assert recorded.version == versions[recorded.stream]


def judge_answers(log: list[Recorded], sent: list[Sent]) -> None:
    where = {recorded.event_id: recorded for recorded in log}
    assert len(where) == len(log)
    for item in sent:
        placed = [answer for answer in item.answers if isinstance(answer, Appended)]
        if not placed:
            mine = [where[i] for i in item.command.ids if i in where]
            assert [r.event for r in mine] != list(item.command.facts), "refused, and yet there"
        for answer in placed:
            judge_placed(log, item.command, answer)
        assert len({(answer.first, answer.last) for answer in placed}) <= 1
        assert sum(not answer.known for answer in placed) <= 1
        for answer in item.answers:
            if isinstance(answer, Stale):
                judge_stale(log, item)
            elif isinstance(answer, Refused):
                assert answer.code == "id_reused"
    assert all(r.event_id in {i for item in sent for i in item.command.ids} for r in log)


def judge_placed(log: list[Recorded], command: Command, answer: Appended) -> None:
    """It stands whole, in order, without a gap, and its conditions held right before it."""
    stands = log[answer.first - 1 : answer.last]
    assert [recorded.event_id for recorded in stands] == list(command.ids)
    assert [recorded.event for recorded in stands] == list(command.facts)
    before = log[: answer.first - 1]
    assert all(holds(before, condition) for condition in command.conditions)


def judge_stale(log: list[Recorded], item: Sent) -> None:
    """Some condition failed at some time between sending it and now."""
    seen = dict(zip(STREAMS, item.seen, strict=True))
    for condition in item.command.conditions:
        if isinstance(condition, StreamAt):
            if seen[condition.stream] != condition.version or not holds(log, condition):
                return
        elif not holds(log, condition):
            return
    raise AssertionError(f"{item.command} was called stale, but nothing stood against it")


def holds(log: list[Recorded], condition: StreamAt | NothingSince) -> bool:
    if isinstance(condition, StreamAt):
        return sum(r.stream == condition.stream for r in log) == condition.version
    return not any(
        recorded.position > condition.after
        and recorded.event.kind in condition.kinds
        and set(recorded.event.tags()) & set(condition.tags)
        for recorded in log
    )


async def test_of_many_writers_at_one_version_exactly_one_wins_each_round(
    appenders: list[Appender], reader: Reader
) -> None:
    for version in range(20):
        condition = StreamAt(stream="run-a", version=version)
        answers = await asyncio.gather(
            *(
                appenders[i % 3].append(
                    Command(facts=(RunCancelled(run_id="a"),), meta=META, conditions=(condition,))
                )
                for i in range(6)
            ),
            return_exceptions=True,
        )
        assert Counter(type(answer) for answer in answers) == {Appended: 1, Stale: 5}
    assert await reader.head() == 20


async def test_two_sides_of_a_rule_never_both_win(
    appenders: list[Appender], reader: Reader
) -> None:
    """A deletion and a publication, each on condition that the other did not happen."""
    for i in range(30):
        cid, head = f"c{i}", await reader.head()
        delete = ContentDeleted(cid=cid, reason="requested")
        publish = PublicationRequested(cid=cid, activity_id="p")
        answers = await asyncio.gather(
            *(
                appender.append(
                    Command(
                        facts=(fact,),
                        meta=META,
                        conditions=(
                            NothingSince(tags=(f"cid:{cid}",), kinds=(other,), after=head),
                        ),
                    )
                )
                for appender, fact, other in (
                    (appenders[i % 3], delete, "publication.requested"),
                    (appenders[(i + 1) % 3], publish, "content.deleted"),
                )
            ),
            return_exceptions=True,
        )
        assert Counter(type(answer) for answer in answers) == {Appended: 1, Stale: 1}
