"""A private Valkey: keeps a queue over restarts and kills, never evicts, wants its password."""

import os
import signal
from pathlib import Path

import pytest
import redis

from l1.embedded.valkey import Valkey
from l1.errors import Unavailable
from tests.embedded.living import is_alive, living_in, wait_for


def test_it_keeps_its_address_and_data_over_a_restart(tmp_path: Path) -> None:
    first = Valkey(tmp_path)
    url = first.start()
    put(url, "kept")
    first.stop()
    assert not living_in(tmp_path)
    second = Valkey(tmp_path)
    try:
        assert second.start() == url
        assert get(url) == b"kept"
    finally:
        second.stop()
    assert not living_in(tmp_path)


def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    url = server.start()
    try:
        put(url, "kept")
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: not is_alive(killed))
        wait_for(lambda: server.pid not in (None, killed) and server.answers(url))
        assert get(url) == b"kept"
    finally:
        server.stop()


def test_it_never_evicts_and_wants_its_password(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    url = server.start()
    try:
        with redis.Redis.from_url(url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        with (
            redis.Redis.from_url(url.replace(url.split("@")[0], "redis://:guess")) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
    finally:
        server.stop()


def test_a_machine_without_valkey_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"(apt-get|brew) install .*REDIS_URL"):
        Valkey(tmp_path, places=[tmp_path]).start()


def put(url: str, text: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.set("note", text)


def get(url: str) -> object:
    with redis.Redis.from_url(url) as client:
        return client.get("note")
