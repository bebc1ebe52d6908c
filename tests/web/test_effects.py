"""Effects by others over HTTP: sent in, shown, run by name, removed; and off by default."""

from pathlib import Path

import pytest

from l1.dag.effect_file import BYTES
from tests.running.node import open_node
from tests.web.site import open_site, picture

HOW_TO = Path(__file__).parent.parent.parent / "docs" / "how-to"
ECHO = (HOW_TO / "echo.py").read_bytes()


@pytest.fixture
async def open_to_effects(tmp_path, database_url, redis_url):
    on = {"ARTDAG_FOREIGN_EFFECTS": "on"}
    async with open_node(tmp_path, database_url, redis_url, **on) as node, open_site(node) as site:
        yield site


async def test_an_effect_is_sent_shown_run_and_removed(open_to_effects):
    site = open_to_effects
    sent = await site.owner.post("/effects", files={"file": ("echo.py", ECHO)})
    assert sent.status_code == 201, sent.text
    echo = sent.json()
    assert (echo["name"], echo["form"], echo["code"]) == ("echo", "process_frame", ECHO.decode())
    assert [each["name"] for each in echo["params"]] == ["fade", "tint"]
    assert echo["params"][0]["takes"] == "a number from 0 to 1; default 0.8"
    for name in ("echo", echo["cid"]):
        assert (await site.owner.get(f"/effects/{name}")).json() == echo
    (listed,) = (await site.owner.get("/effects")).json()["items"]
    assert listed["description"] == "Bright things leave trails that fade"
    image = (await site.upload(picture(70)))["cid"]
    async with site.node.worker():
        done = await site.ended((await site.run("echo", image))["run_id"])
    assert done["status"] == "completed"
    async with site.browser() as browser:
        page = (await browser.get(f"/cache/{image}")).text
    assert "<option>echo</option>" in page
    assert "<option>foreign</option>" not in page
    assert (await site.owner.delete("/effects/echo")).status_code == 200
    assert (await site.owner.get("/effects/echo")).status_code == 404
    assert (await site.owner.get(f"/cache/{echo['cid']}")).content == ECHO


async def test_what_is_no_effect_is_refused_with_its_line(open_to_effects):
    text = {"Content-Type": "text/x-python"}
    answer = await open_to_effects.owner.post("/effects", content=b"x = (", headers=text)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_effect")
    assert answer.json()["detail"].startswith("effect.py:1: it is no Python")
    large = b"#" * (BYTES + 1)
    answer = await open_to_effects.owner.post("/effects", content=large, headers=text)
    assert answer.json()["code"] == "too_large"


async def test_effects_are_off_unless_the_owner_turns_them_on(site):
    answer = await site.owner.post("/effects", files={"file": ("echo.py", ECHO)})
    assert (answer.status_code, answer.json()["code"]) == (422, "foreign_effects_off")
    assert "ARTDAG_FOREIGN_EFFECTS=on" in answer.json()["detail"]
