"""A private Postgres: starts cold and warm, survives kills, refuses what it cannot do."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from l1.embedded.postgres import Postgres
from l1.errors import Refused, Unavailable
from tests.embedded.living import is_alive, living_in, wait_for


@pytest.fixture(params=["closed to other accounts", "open to other accounts"])
def home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A home of each sort, since root serves them in different ways."""
    with tempfile.TemporaryDirectory(prefix="artdag-home-") as folder:
        Path(folder).chmod(0o711 if request.param.startswith("open") else 0o700)
        yield Path(folder)


async def test_it_starts_cold_then_warm_with_the_same_address_and_data(home: Path) -> None:
    first = Postgres(home)
    url = first.start()
    try:
        await write(url, "kept")
    finally:
        first.stop()
    assert not living_in(home)
    second = Postgres(home)
    try:
        assert second.start() == url
        assert await read(url) == "kept"
    finally:
        second.stop()
    assert not living_in(home)


async def test_a_killed_server_comes_back_with_its_data(home: Path) -> None:
    server = Postgres(home)
    url = server.start()
    try:
        await write(url, "kept")
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: not is_alive(killed))
        wait_for(lambda: server.pid not in (None, killed) and server.answers(url))
        assert await read(url) == "kept"
    finally:
        server.stop()
    assert not living_in(home)


async def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    server = Postgres(tmp_path, durable=False)
    url = server.start()
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(url, password="guess")
    finally:
        server.stop()


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    server = Postgres(tmp_path, durable=False)
    server.start()
    server.stop()
    assert (tmp_path / "postgres").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "postgres" / "password").stat().st_mode & 0o777 == 0o600


def test_an_interrupted_creation_begins_anew(tmp_path: Path) -> None:
    server = Postgres(tmp_path, durable=False)
    server.start()
    server.stop()
    (tmp_path / "postgres" / "data").rename(tmp_path / "postgres" / "data.new")
    (tmp_path / "postgres" / "data.new" / "PG_VERSION").unlink()
    try:
        assert server.answers(server.start())
    finally:
        server.stop()


def test_a_pid_file_whose_number_is_now_another_program_does_not_stop_it(tmp_path: Path) -> None:
    server = Postgres(tmp_path, durable=False)
    server.start()
    server.stop()
    stale = tmp_path / "postgres" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n0\n1\n\n127.0.0.1\n0 0\nready\n")
    try:
        assert server.answers(server.start())
    finally:
        server.stop()


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refused, match=r"is of Postgres 9.*pg_dumpall"):
        Postgres(tmp_path).start()


def test_a_machine_without_postgres_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"(apt-get|brew) install .*DATABASE_URL"):
        Postgres(tmp_path, places=[tmp_path]).start()


def test_the_system_s_postgres_serves_where_the_wheel_is_missing(tmp_path: Path) -> None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        pytest.skip("this machine has no Postgres of its own")
    server = Postgres(tmp_path, durable=False, places=places)
    try:
        assert server.answers(server.start())
    finally:
        server.stop()


async def write(url: str, text: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE note (text text)")
    await connection.execute("INSERT INTO note VALUES ($1)", text)
    await connection.close()


async def read(url: str) -> object:
    connection = await asyncpg.connect(url)
    text = await connection.fetchval("SELECT text FROM note")
    await connection.close()
    return text
