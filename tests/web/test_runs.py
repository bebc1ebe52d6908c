import asyncio
import json

from l1.events.run import RunRequested
from tests.running.node import recipe, step
from tests.web.site import picture


async def test_from_upload_to_output(site):
    async with site.node.worker():
        sent = await site.upload(picture(40, size=(64, 48)))
        run = await site.run("dog", sent["cid"], output_name="for dogs")
        assert run["status"] in ("pending", "running")
        done = await site.ended(run["run_id"])
    assert (done["status"], done["output_name"]) == ("completed", "for dogs")
    assert done["step_list"][0]["status"] == "completed"
    output = await site.owner.get(done["output"]["url"])
    assert output.headers["content-type"] == "image/png"
    record = (await site.owner.get(f"/cache/{done['provenance_cid']}/raw")).json()
    assert record["output"]["cid"] == done["output_cid"]
    assert record["inputs"][0]["content_hash"] == sent["content_hash"]
    plan = (await site.owner.get(f"/api/run/{run['run_id']}/plan")).json()
    assert plan["plan_id"] == done["plan_id"]
    for path in (f"/run/{run['run_id']}", f"/run/{run['run_id']}/plan", done["output"]["url"]):
        async with site.browser() as browser:
            page = await browser.get(path)
            assert page.status_code == 200, page.text
            assert "for dogs" in page.text or "Where it came from" in page.text


async def test_a_repeat_is_a_new_run_of_hits_and_reuse_is_the_old_one(site):
    async with site.node.worker():
        cid = (await site.upload(picture(41)))["cid"]
        first = await site.ended((await site.run("identity", cid))["run_id"])
        second = await site.ended((await site.run("identity", cid))["run_id"])
        reused = await site.run("identity", cid, reuse=True)
    assert second["run_id"] != first["run_id"]
    assert second["run_key"] == first["run_key"]
    assert second["step_list"][0]["status"] == "cached"
    assert reused["run_id"] in (first["run_id"], second["run_id"])


async def test_what_must_fail_is_refused_with_a_hint(site):
    cid = (await site.upload(picture(42)))["cid"]
    cases = [
        ({"recipe": "identiy", "inputs": [cid]}, "unknown_recipe", "identity"),
        ({"recipe": "identity", "inputs": ["0" * 64]}, "unknown_content", "upload it first"),
        ({"recipe": "identity"}, "missing_input", "'input'"),
        ({"recipe": "identity", "inputs": {"inptu": cid}}, "unknown_input", "input"),
        ({"recipe": "", "inputs": 5, "color": "red"}, "bad_body", "color"),
    ]
    for body, code, hint in cases:
        answer = await site.owner.post("/runs", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert hint in answer.text
    many = (await site.owner.post("/runs", json=cases[-1][0])).json()["errors"]
    assert {error["pointer"]: error["detail"] for error in many} == {
        "/recipe": "is empty",
        "/inputs": "is no object and is no list",
        "/color": "is a field that is not known here",
    }
    assert await site.node.facts(RunRequested) == []


async def test_a_body_of_many_mistakes_gets_a_short_answer(site):
    body = {"recipe": "identity", **{f"{number}{'x' * 900}": 0 for number in range(1000)}}
    answer = await site.owner.post("/runs", json=body)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 20)
    assert len(answer.content) < 10_000


async def test_a_body_that_is_not_json_is_refused(site):
    as_json = {"Content-Type": "application/json"}
    deep = b"[" * 100_000
    for body in (b"{", b"\xff", deep, b""):
        answer = await site.owner.post("/runs", content=body, headers=as_json)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")
    plain = await site.owner.post("/runs", content=b"{}", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    large = await site.owner.post("/runs", content=b" " * 1_100_000, headers=as_json)
    assert large.status_code == 413


async def test_the_same_key_is_the_same_run(site):
    cid = (await site.upload(picture(43)))["cid"]
    key = {"Idempotency-Key": "once"}
    body = {"recipe": "identity", "inputs": [cid], "output_name": "a"}
    answers = await asyncio.gather(
        *(site.owner.post("/runs", json=body, headers=key) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert len(await site.node.facts(RunRequested)) == 1
    for other in ({**body, "output_name": "b"}, {**body, "recipe": "dog"}):
        answer = await site.owner.post("/runs", json=other, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "id_reused")
    assert (await site.owner.post("/runs", json=body)).status_code == 201
    assert len(await site.node.facts(RunRequested)) == 2


async def test_the_key_of_a_run_that_was_thrown_away_starts_no_other(site):
    cid = (await site.upload(picture(47)))["cid"]
    body, key = {"recipe": "identity", "inputs": [cid]}, {"Idempotency-Key": "gone"}
    run_id = (await site.owner.post("/runs", json=body, headers=key)).json()["run_id"]
    assert (await site.owner.post(f"/runs/{run_id}/cancel")).status_code == 200
    assert (await site.owner.delete(f"/runs/{run_id}")).status_code == 200
    again = await site.owner.post("/runs", json=body, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "run_discarded")
    assert again.json()["facts"]["run_id"] == run_id
    named = await site.owner.post("/runs", json={**body, "output_name": "b"}, headers=key)
    assert (named.status_code, named.json()["code"]) == (422, "id_reused")


async def test_a_run_is_stopped_tried_again_and_thrown_away(site):
    written = recipe(step("wait", "gate", path=str(site.node.folder / "never")))
    cid = await site.node.store(written, source="upload")
    run = await site.run(cid)
    path = f"/runs/{run['run_id']}"
    early = await site.owner.delete(path)
    assert (early.status_code, early.json()["reasons"][0]["code"]) == (409, "run_active")
    assert (await site.owner.post(f"{path}/retry")).status_code == 409
    stopped = await site.owner.post(f"{path}/cancel")
    assert stopped.json()["status"] == "cancelled"
    assert (await site.owner.post(f"{path}/cancel")).status_code == 409
    again = await site.owner.post(f"{path}/retry")
    assert again.status_code == 201
    assert again.json()["retry_of"] == run["run_id"]
    assert (await site.owner.delete(path)).status_code == 200
    assert (await site.owner.get(path)).status_code == 404


async def test_a_browser_does_all_of_it_with_forms(site):
    async with site.browser() as browser:
        cid = (await site.upload(picture(44)))["cid"]
        form = {"recipe": "identity", "input": cid, "output_name": "by form"}
        started = await browser.post("/runs", data=form)
        assert started.status_code == 303
        page = await browser.get(started.headers["location"])
        assert "by form" in page.text
        path = started.headers["location"].replace("/run/", "/runs/")
        assert (await browser.post(f"{path}/cancel")).status_code == 303
        assert "Try again" in (await browser.get(path)).text
        assert (await browser.post(f"{path}/retry")).status_code == 303
        assert (await browser.post(f"{path}/discard")).headers["location"] == "/runs"
        assert (await browser.post("/runs", data={"recipe": "no"})).status_code == 422


async def test_runs_are_listed_by_cursor_and_by_page(site):
    cid = (await site.upload(picture(45)))["cid"]
    started = [(await site.run("identity", cid))["run_id"] for _ in range(5)]
    first = (await site.owner.get("/runs?limit=3")).json()
    assert (first["total"], len(first["items"])) == (5, 3)
    rest = (await site.owner.get(first["next"])).json()
    seen = [run["run_id"] for run in first["items"] + rest["items"]]
    assert seen == started[::-1]
    assert rest["next"] is None
    by_page = (await site.owner.get("/runs?limit=3&page=2")).json()
    assert [run["run_id"] for run in by_page["items"]] == seen[3:]


async def test_a_number_that_is_too_large_is_refused_however_it_is_written(site):
    for text in ("0", "201", "0" * 20 + "1999999", "0" * 19 + "1" * 40, "1" * 5000, "-1", "²"):
        answer = await site.owner.get("/runs", params={"limit": text})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_query"), text
    assert (await site.owner.get("/runs?limit=0000000000000000007")).status_code == 200


async def test_what_is_no_id_of_a_run_is_not_found(site):
    whole = "00000000-0000-4000-8000-000000000000"
    for run_id in ("%00", "a%00b", f"{whole[:-3]}%00", "x" * 5000, f"{{{whole}}}", whole, "%ff"):
        for path in ("/run/{}", "/run/{}/plan", "/runs/{}", "/runs/{}/events", "/api/run/{}/plan"):
            answer = await site.owner.get(path.format(run_id))
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), run_id
        for act in ("cancel", "retry", "discard"):
            assert (await site.owner.post(f"/runs/{run_id}/{act}")).status_code == 404
        assert (await site.owner.delete(f"/runs/{run_id}")).status_code == 404


async def test_a_stream_tells_each_change_and_ends_with_the_run(site):
    gate = site.node.folder / "gate"
    written = recipe(step("wait", "gate", path=str(gate)))
    cid = await site.node.store(written, source="upload")
    async with site.node.worker():
        run = await site.run(cid)
        heard = []
        async with site.owner.stream("GET", f"/runs/{run['run_id']}/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for event in _events(answer):
                heard.append(event)
                if event["event"] == "step" and json.loads(event["data"])["status"] == "running":
                    gate.touch()
    assert heard[-1]["event"] == "end"
    assert heard[-1]["data"] == "completed"
    states = [json.loads(e["data"])["status"] for e in heard if e["event"] == "step"]
    assert states[-2:] == ["running", "completed"]
    positions = [int(event["id"]) for event in heard]
    assert positions == sorted(positions)


async def test_a_page_can_follow_a_run_as_html(site):
    async with site.node.worker(), site.browser() as browser:
        cid = (await site.upload(picture(46)))["cid"]
        run = await site.run("identity", cid)
        path = f"/runs/{run['run_id']}/events?view=html"
        async with browser.stream("GET", path) as answer:
            heard = [event async for event in _events(answer)]
    assert "completed" in heard[-2]["data"]
    assert heard[-1]["event"] == "end"


async def _events(answer):
    """Read server-sent events."""
    event = {"event": "", "data": ""}
    async for line in answer.aiter_lines():
        if not line:
            if event["data"]:
                yield event
            event = {"event": "", "data": ""}
            continue
        name, _, value = line.partition(": ")
        event[name] = event["data"] + value if name == "data" else value
