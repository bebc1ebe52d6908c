"""Recipes over HTTP: sent, found by name, run, removed, and the older addresses of the same."""

import pytest

from l1.actions.find_recipe import RECIPE_BYTES
from l1.errors import Refused
from l1.web.small_text import SmallText
from tests.web.site import picture

MINE = b"""# passes its input on
name: pass-on
version: "2"
description: Gives <back> what it gets
inputs:
  thing: {description: "Anything at all"}
steps:
  - {id: pass, type: EFFECT, config: {effect: identity}, inputs: [thing]}
output: pass
"""


async def send(site, text=MINE, path="/recipes/upload"):
    answer = await site.owner.post(path, files={"file": ("mine.yaml", text)})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_recipe_is_sent_found_run_and_removed(site):
    sent = await send(site)
    assert (sent["name"], sent["version"], sent["steps"]) == ("pass-on", "2", 1)
    assert sent["inputs"]["thing"]["description"] == "Anything at all"
    for name in ("pass-on", sent["recipe_id"]):
        found = (await site.owner.get(f"/recipes/{name}")).json()
        assert (found["cid"], found["yaml"]) == (sent["cid"], MINE.decode())
    cid = (await site.upload(picture(70)))["cid"]
    async with site.node.worker():
        body = {"inputs": {"thing": cid}, "output_name": "again"}
        started = (await site.owner.post("/recipes/pass-on/run", json=body)).json()
        done = await site.ended(started["run_id"])
    assert (done["status"], done["output_cid"]) == ("completed", cid)
    assert done["recipe_text"] == sent["cid"]
    refused = await site.owner.delete("/recipes/pass-on")
    assert refused.status_code == 409
    assert refused.json()["reasons"][0]["refs"] == [started["run_id"]]
    assert (await site.owner.delete(f"/runs/{started['run_id']}")).status_code == 200
    assert (await site.owner.delete("/recipes/pass-on")).status_code == 200
    assert (await site.owner.get("/recipes/pass-on")).status_code == 404


async def test_a_body_of_yaml_and_a_form_are_taken_as_well(site):
    raw = await site.owner.post(
        "/recipes/upload", content=MINE, headers={"Content-Type": "application/yaml"}
    )
    assert raw.status_code == 201, raw.text
    form = await site.owner.post("/recipes/upload", data={"text": MINE.decode()})
    assert form.json()["cid"] == raw.json()["cid"]


async def test_a_mistake_in_a_recipe_is_a_problem_with_its_line(site):
    answer = await site.owner.post(
        "/recipes/upload", files={"file": ("mine.yaml", MINE.replace(b"identity", b"identiy"))}
    )
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["facts"]["line"] == 8
    assert "did you mean 'identity'" in problem["detail"]


async def test_recipes_are_listed_with_those_that_ship(site):
    sent = await send(site)
    listed = (await site.owner.get("/recipes")).json()
    assert listed["items"][0]["recipe_id"] == sent["recipe_id"]
    shipped = {item["name"] for item in listed["items"] if item["shipped"]}
    assert {"beat-sync"} <= shipped
    assert listed["total"] == 1 + len(shipped)


async def test_a_shipped_recipe_is_found_and_stays(site):
    found = (await site.owner.get("/recipes/beat-sync")).json()
    assert found["shipped"]
    assert set(found["inputs"]) == {"video", "audio"}
    refused = await site.owner.delete("/recipes/beat-sync")
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, "shipped")


async def test_lists_page_by_cursor_and_by_number(site):
    names = [f"mine-{n}" for n in range(3)]
    for name in names:
        await send(site, MINE.replace(b"pass-on", name.encode()))
    first = (await site.owner.get("/recipes?limit=2")).json()
    second = (await site.owner.get(first["next"])).json()
    mine = [item["name"] for page in (first, second) for item in page["items"]]
    assert [name for name in mine if name.startswith("mine-")] == names[::-1]
    numbered = (await site.owner.get("/recipes?limit=2&page=2")).json()
    assert [i["name"] for i in numbered["items"] if not i["shipped"]] == names[:1]


async def test_configs_are_recipes_under_their_older_name(site):
    sent = await send(site, path="/configs/upload")
    assert (await site.owner.get("/configs")).json()["items"][0]["cid"] == sent["cid"]
    assert (await site.owner.get("/configs/pass-on")).json()["cid"] == sent["cid"]
    cid = (await site.upload(picture(71)))["cid"]
    started = await site.owner.post("/configs/pass-on/run", json={"inputs": [cid]})
    assert started.status_code == 201
    assert (await site.owner.delete("/configs/pass-on")).status_code == 409


async def test_a_missing_input_is_named(site):
    await send(site)
    answer = await site.owner.post("/recipes/pass-on/run", json={"inputs": {}})
    assert (answer.status_code, answer.json()["code"]) == (422, "missing_input")
    assert "'thing'" in answer.json()["detail"]


async def test_pages_show_and_run_recipes_without_a_script(site):
    sent = await send(site)
    cid = (await site.upload(picture(72), name="a picture.png"))["cid"]
    async with site.node.worker(), site.browser() as browser:
        await site.node.probed(cid)
        listed = await browser.get("/recipes")
        assert "pass-on" in listed.text
        assert "beat-sync" in listed.text
        page = await browser.get(f"/recipe/{sent['recipe_id']}")
        assert "Gives &lt;back&gt;" in page.text
        assert f'<option value="{cid}">a picture.png' in page.text
        assert (await browser.get("/recipe/pass-on/dag")).status_code == 200
        run = await browser.post("/recipes/pass-on/run", data={"input.thing": cid})
        assert run.status_code == 303
        await site.node.ended(run.headers["location"].rpartition("/")[2])
        for part in ("", "/plan", "/analysis", "/artifacts"):
            answer = await browser.get(run.headers["location"] + part)
            assert answer.status_code == 200, answer.text


async def test_a_mistake_typed_into_the_page_comes_back_with_what_was_typed(site):
    async with site.browser() as browser:
        typed = MINE.replace(b"identity", b"identiy").decode()
        answer = await browser.post("/recipes/upload", data={"text": typed})
        assert answer.status_code == 422
        assert "did you mean &#39;identity&#39;" in answer.text
        assert "effect: identiy" in answer.text
        assert "<textarea" in answer.text


async def test_a_recipe_without_end_is_not_gathered_to_its_end():
    text, chunk = SmallText("a recipe", RECIPE_BYTES), b"#" * 2**16

    async def pour():
        for _ in range(1000):
            await text.write(chunk)

    with pytest.raises(Refused) as refusal:
        await pour()
    assert refusal.value.code == "too_large"
    assert len(text.data) <= RECIPE_BYTES + len(chunk)


async def test_a_recipe_sent_in_chunks_has_the_same_limit(site):
    async def chunks():
        for _ in range(40):
            yield b"#" * 2**16

    answer = await site.owner.post(
        "/recipes/upload", content=chunks(), headers={"Content-Type": "application/yaml"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
