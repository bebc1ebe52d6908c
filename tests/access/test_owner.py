import asyncio
import stat

import asyncpg
import pytest

from l1.access.hosts import Hosts, is_same_origin
from l1.access.owner import check_bind, is_loopback, is_same, new_login_code, owner_token
from l1.access.sessions import Sessions
from l1.errors import Refused, Unavailable
from l1.settings import from_environment


def test_the_token_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    token = owner_token(tmp_path)
    assert owner_token(tmp_path) == token
    assert len(token) >= 43
    assert stat.S_IMODE((tmp_path / "owner.token").stat().st_mode) == 0o600
    assert is_same(token, token)
    assert not is_same(token, token[:-1])


def test_a_damaged_token_lets_nobody_in(tmp_path):
    (tmp_path / "owner.token").write_text("\n")
    with pytest.raises(Unavailable, match="no token"):
        owner_token(tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1", "a.localhost"])
def test_a_loopback_address_may_be_bound(host):
    assert is_loopback(host)
    check_bind(from_environment({"HOST": host}))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "localhost.evil"])
def test_any_other_address_only_when_asked_for(host):
    with pytest.raises(Refused, match="ARTDAG_ALLOW_REMOTE_OWNER"):
        check_bind(from_environment({"HOST": host}))
    check_bind(from_environment({"HOST": host, "ARTDAG_ALLOW_REMOTE_OWNER": "true"}))


def test_only_our_names_are_known():
    hosts = Hosts(public="art.example")
    for host in ("art.example", "ART.example:443", "localhost:8100", "[::1]", "127.0.0.1:1"):
        assert hosts.knows(host), host
    for host in (
        "",
        "evil",
        "art.example.evil",
        "10.1.2.3",
        "a@localhost",
        "localhost/x",
        "[",
        ":",
    ):
        assert not hosts.knows(host), host
    assert Hosts(public="x", addresses=True).knows("10.1.2.3:8100")


def test_an_origin_is_the_same_with_its_port():
    assert is_same_origin("http://localhost:8100", "localhost:8100")
    assert is_same_origin("https://Art.example", "art.example")
    for origin in ("http://localhost:1", "null", "", "http://evil", "file://", "http://["):
        assert not is_same_origin(origin, "localhost:8100"), origin


@pytest.fixture
async def pool(database_url):
    async with asyncpg.create_pool(database_url, min_size=1, max_size=4) as opened:
        yield opened


async def test_a_code_gives_one_session_whoever_is_first(pool):
    sessions = Sessions(pool)
    code = await new_login_code(pool)
    secrets = await asyncio.gather(*(sessions.begin(code, "me") for _ in range(8)))
    (secret,) = [secret for secret in secrets if secret]
    assert await sessions.owner(secret) == "me"
    assert await sessions.owner("other") is None
    await sessions.end(secret)
    assert await sessions.owner(secret) is None


async def test_what_is_too_old_opens_nothing(pool):
    sessions = Sessions(pool)
    code = await new_login_code(pool)
    secret = await sessions.begin(await new_login_code(pool), "me")
    await pool.execute("update login_code set expires = now() - interval '1 second'")
    await pool.execute("update session set expires = now() - interval '1 second'")
    assert await sessions.begin(code, "me") is None
    assert await sessions.owner(secret) is None


async def test_nothing_that_is_kept_opens_anything(pool):
    sessions = Sessions(pool)
    code = await new_login_code(pool)
    secret = await sessions.begin(code, "me")
    kept = await pool.fetch("select hash from login_code union all select hash from session")
    assert all(secret.encode() not in row["hash"] for row in kept)
