"""An audit names what a superuser did behind the log's back."""

import asyncio

import asyncpg
import pytest

from l1.events.codec import Codec
from l1.events.content import ContentDeleted
from l1.events.event import Meta
from l1.events.run import RunCancelled
from l1.events.tree import body_hash, leaf_hash
from l1.log.append import Appender
from l1.log.command import Command
from l1.log.read import Reader
from l1.log.roots import Roots
from l1.log.verifying import audit, differences

META = Meta(actor="owner", origin="test")
SIZE = 30


@pytest.fixture(autouse=True)
async def log(appender: Appender) -> None:
    for i in range(SIZE):
        fact = (
            ContentDeleted(cid=f"c{i}", reason="requested") if i % 3 else RunCancelled(run_id="r")
        )
        await appender.append(Command(facts=(fact,), meta=META))


async def forge(pool: asyncpg.Pool, *statements: str) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)


async def test_a_log_left_alone_has_nothing_wrong_and_its_root(
    pool: asyncpg.Pool, codec: Codec, reader: Reader
) -> None:
    found = await audit(pool, codec)
    assert found.wrong == ()
    assert (found.size, found.root) == await Roots(reader).newest()
    assert found.size == SIZE


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("stream = stream || 'x', version = 1", "leaf"),
        ("version = version + 1", "version 2 of content-c10 follows 0"),
        ("kind = 'content.stored'", "leaf"),
        ("schema = 2", "leaf"),
        ("data = replace(data, 'requested', 'requestee')", "leaf"),
        ("data = data || ' '", "leaf"),
        ("meta = replace(meta, 'owner', 'ownes')", "leaf"),
        ("event_id = '00000000-0000-7000-8000-000000000000'", "leaf"),
        ("at = at + interval '1 microsecond'", "leaf"),
        ("at = at - interval '1 day'", "its time runs backwards"),
        ("leaf = set_bit(leaf, 77, 1 - get_bit(leaf, 77))", "leaf"),
    ],
)
async def test_a_changed_column_is_named(
    pool: asyncpg.Pool, codec: Codec, change: str, says: str
) -> None:
    await forge(pool, f"update event set {change} where position = 11")
    wrong = await differences(pool, codec)
    assert wrong[0].startswith("position 11 (")
    assert says in wrong[0]


@pytest.mark.parametrize("bit", [0, 3, 100, 250])
async def test_any_flipped_bit_of_a_text_is_named(
    pool: asyncpg.Pool, codec: Codec, bit: int
) -> None:
    await forge(
        pool,
        f"""update event set data = convert_from(set_bit(d, b, 1 - get_bit(d, b)), 'LATIN1')
        from (select convert_to(data, 'UTF8') as d, 8 * ({bit} % octet_length(data)) + 1 as b
          from event where position = 11) o where position = 11""",
    )
    assert (await differences(pool, codec))[0].startswith("position 11 (")


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (["delete from event where position = 11"], "position 12 (content.deleted): it follows position 10"),
        (["delete from event where position = 11", "update event set position = position - 1 where position > 11"],
         "position 11 ("),
        (["update event set position = 99 where position = 11", "update event set position = 11 where position = 12",
          "update event set position = 12 where position = 99"], "position 11 ("),
        (["delete from event_tag where position = 11"], "position 11 (content.deleted): its tags"),
        (["insert into event_tag values ('run:x', 11)"], "position 11 (content.deleted): its tags"),
        (["insert into event_tag values ('run:x', 1000)"], "tag 'run:x' names position 1000"),
    ],
)  # fmt: skip
async def test_a_row_that_was_taken_moved_or_added_is_named(
    pool: asyncpg.Pool, codec: Codec, statements: list[str], says: str
) -> None:
    await forge(pool, *statements)
    assert says in (await differences(pool, codec))[0]


async def test_a_forger_who_rewrites_the_leaves_is_caught_by_a_root_told_before(
    pool: asyncpg.Pool, codec: Codec
) -> None:
    told = await audit(pool, codec)
    row = await pool.fetchrow("select * from event where position = 11")
    data = row["data"].replace("requested", "forgotten")
    body = body_hash(
        row["event_id"], row["stream"], row["kind"], row["schema"], row["meta"].encode(),
        data.encode(),
    )  # fmt: skip
    leaf = leaf_hash(11, row["version"], round(row["at"].timestamp() * 1_000_000), body)
    await forge(
        pool, f"update event set data = '{data}', leaf = '\\x{leaf.hex()}' where position = 11"
    )
    assert await differences(pool, codec) == ()
    found = await audit(pool, codec, heads={told.size: told.root})
    assert found.wrong == (f"the first {SIZE} facts are not those of root {told.root}",)


async def test_a_log_that_was_cut_is_caught_by_a_root_told_before(
    pool: asyncpg.Pool, codec: Codec
) -> None:
    told = await audit(pool, codec)
    await forge(
        pool, "delete from event where position > 20", "delete from event_tag where position > 20"
    )
    found = await audit(pool, codec, heads={told.size: told.root})
    assert found.wrong == (f"the log ends before {SIZE}, of which a root is known",)


async def test_an_audit_goes_on_while_others_write(
    appender: Appender, pool: asyncpg.Pool, codec: Codec
) -> None:
    async def write() -> None:
        for i in range(50):
            await appender.append(Command(facts=(RunCancelled(run_id=f"w{i}"),), meta=META))

    writing = asyncio.create_task(write())
    while not writing.done():
        assert (await audit(pool, codec)).wrong == ()
    await writing
    assert (await audit(pool, codec)).size == SIZE + 50
