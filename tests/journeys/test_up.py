"""A whole node, started by one command and ended in every way."""

import json
import os
import re
import signal
import socket
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.embedded.living import is_alive, wait_for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    """Every process below one, the fork servers and what they forked included."""
    found, ahead = [], [pid]
    while ahead:
        of = ahead.pop()
        for task in Path(f"/proc/{of}/task").glob("*/children"):
            below = [int(word) for word in task.read_text().split()]
            found += below
            ahead += below
    return found


@contextmanager
def up(home, **env):
    process = home.start("up", "--json", env={"PORT": str(free_port()), **env})
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            pytest.fail(process.communicate()[1])
        yield process, json.loads(line)
    finally:
        process.kill()
        process.communicate()
        wait_for(lambda: not home.processes)


def test_it_answers_and_its_login_link_works_once(home):
    with up(home) as (_, told):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", told["address"])
        with httpx.Client(base_url=told["address"]) as anonymous:
            assert anonymous.get("/runs", headers={"Accept": "application/json"}).status_code == 401
        with httpx.Client(base_url=told["address"], follow_redirects=True) as browser:
            assert browser.get(told["login_link"]).status_code == 200
            code = httpx.URL(told["login_link"]).params["auth_token"]
            assert browser.post("/auth", data={"auth_token": code}).status_code == 200
            assert browser.get("/runs", headers={"Accept": "application/json"}).status_code == 200
        with httpx.Client(base_url=told["address"], follow_redirects=True) as thief:
            assert thief.get(told["login_link"]).status_code == 401
            assert thief.post("/auth", data={"auth_token": code}).status_code == 401
            assert thief.get("/runs", headers={"Accept": "application/json"}).status_code == 401


def test_commands_join_it_and_its_workers_do_their_work(home, ours):
    with up(home) as (_, told):
        shown = home.run("demo", *ours, "--json")
        assert shown["verified"]
        link = home.run("login-link").strip()
        assert link.startswith(told["address"])
        steps = [
            json.loads(line)["data"]
            for line in home.run("events", "list", "--json").splitlines()
            if '"step.completed"' in line
        ]
        assert {step["task_id"] for step in steps} != {""}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_leaves_no_process(home, number):
    with up(home) as (process, _):
        family = children_of(process.pid)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert not [pid for pid in family if is_alive(pid)]


def test_killed_outright_it_takes_everything_along(home):
    with up(home) as (process, _):
        family = children_of(process.pid)
        assert len(family) >= 4
        process.kill()
        process.communicate()
        wait_for(lambda: not [pid for pid in family if is_alive(pid)])


def test_a_killed_server_is_there_again(home):
    with up(home) as (process, told):
        serving = [pid for pid in children_of(process.pid) if "serve" in _words(pid)]
        os.kill(serving[0], signal.SIGKILL)
        wait_for(lambda: not is_alive(serving[0]))
        wait_for(lambda: _answers(told["address"]))


def test_a_port_in_use_is_named(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = home.start("up", env={"PORT": str(port)})
        _, err = process.communicate(timeout=60)
        assert process.returncode == 7
        assert f"127.0.0.1:{port}" in err
        assert "PORT" in err


def test_a_second_one_is_sent_to_the_first(home):
    with up(home) as (_, told):
        second = home.start("up", env={"PORT": str(free_port())})
        _, err = second.communicate(timeout=60)
        assert second.returncode == 7
        assert told["address"] in err
        assert home.run("login-link").startswith(told["address"])


def test_without_a_server_there_is_no_login_link(home):
    process = home.start("login-link")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (75, "")
    assert "artdag up" in err


def test_it_does_not_let_strangers_at_the_owner(home):
    process = home.start("up", env={"PORT": str(free_port()), "HOST": "0.0.0.0"})
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ARTDAG_ALLOW_REMOTE_OWNER" in err


def _words(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False
