"""The servers of a node: shared inside a home, separate between homes, gone with their starter."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from l1.embedded.services import services
from tests.embedded.living import living_in, owners_in, python_for, script, wait_for

NOBODY = 65534
SERVE = """
    import asyncio, sys
    from pathlib import Path
    from l1.embedded.services import services

    async def serve():
        async with services(Path(sys.argv[1])) as addresses:
            print(addresses.database_url, addresses.redis_url, flush=True)
            await asyncio.to_thread(sys.stdin.read)

    asyncio.run(serve())
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that other accounts may enter."""
    with tempfile.TemporaryDirectory(prefix="artdag-home-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


async def test_a_second_start_joins_and_leaves_the_servers_to_the_first(home: Path) -> None:
    async with services(home) as first:
        async with services(home) as second:
            assert second == first
        await ask(first.database_url)
    assert not living_in(home)


async def test_another_process_joins_too(home: Path) -> None:
    async with services(home) as first:
        with script(SERVE, home) as other:
            assert other.stdout is not None
            line = await asyncio.to_thread(other.stdout.readline)
            assert line.split() == [first.database_url, first.redis_url]


async def test_two_that_start_at_once_share_one_pair(home: Path) -> None:
    gate = asyncio.Barrier(2)

    async def serve() -> object:
        async with services(home) as addresses:
            await gate.wait()
            await ask(addresses.database_url)
            await gate.wait()
            return addresses

    one, other = await asyncio.gather(serve(), serve())
    assert one == other
    assert not living_in(home)


async def test_two_homes_run_side_by_side(home: Path, tmp_path: Path) -> None:
    async with services(home) as one, services(tmp_path) as other:
        assert one.database_url != other.database_url
        assert one.redis_url != other.redis_url
        await ask(one.database_url)
        await ask(other.database_url)


async def test_what_is_configured_is_not_started(home: Path) -> None:
    async with services(home, database_url="postgresql://a/b", redis_url="redis://c") as given:
        assert given.database_url == "postgresql://a/b"
        assert given.redis_url == "redis://c"
    assert not (home / "run").exists()


async def test_a_cancelled_start_leaves_nothing_running(home: Path) -> None:
    async def serve() -> None:
        async with services(home):
            await asyncio.Event().wait()

    task = asyncio.create_task(serve())
    await asyncio.to_thread(wait_for, (home / "run" / "postgres.url").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not living_in(home)


async def test_a_killed_starter_leaves_no_process_and_the_next_starts_at_once(home: Path) -> None:
    with script(SERVE, home) as starter:
        assert starter.stdout is not None
        line = await asyncio.to_thread(starter.stdout.readline)
        assert line.startswith("postgresql://"), line
        assert living_in(home)
        starter.kill()
        async with services(home) as next_one:
            assert next_one.database_url == line.split()[0]
            await ask(next_one.database_url)
    await asyncio.to_thread(wait_for, lambda: not living_in(home))


async def test_nothing_outlives_a_killed_starter(home: Path) -> None:
    with script(SERVE, home) as starter:
        assert starter.stdout is not None
        await asyncio.to_thread(starter.stdout.readline)
        starter.kill()
        await asyncio.to_thread(wait_for, lambda: not living_in(home))


@pytest.mark.storm
async def test_a_kill_at_any_moment_of_the_first_start_does_no_lasting_harm(home: Path) -> None:
    for tenth in range(20):
        own = home / str(tenth)
        with script(SERVE, own) as starter:
            await asyncio.sleep(0.1 * tenth)  # the moment of the kill is what varies
            starter.kill()
            async with services(own) as addresses:
                await ask(addresses.database_url)
        await asyncio.to_thread(wait_for, lambda own=own: not living_in(own))


async def test_an_ordinary_user_can_start_them(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("every other test here already runs as an ordinary user")
    if not python_for(NOBODY):
        pytest.skip("no Python on this machine can be run by another user")
    own = home / "own"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    with script(SERVE, own, uid=NOBODY) as starter:
        assert starter.stdout is not None
        line = await asyncio.to_thread(starter.stdout.readline)
        assert line.startswith("postgresql://"), line
        await ask(line.split()[0])
        assert owners_in(own) == {NOBODY}
        starter.kill()
        await asyncio.to_thread(wait_for, lambda: not living_in(own))


async def ask(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
