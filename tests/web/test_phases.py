"""Planning, executing a plan, and both at once; assets and imports."""

from tests.web.site import picture


async def probed(site, seed):
    cid = (await site.upload(picture(seed)))["cid"]
    async with site.node.worker():
        await site.node.probed(cid)
    return cid


async def test_a_plan_says_what_is_to_be_done_and_records_nothing(site):
    cid = await probed(site, 80)
    before = await site.node.services.reader.head()
    answer = await site.owner.post("/api/plan", json={"recipe": "dog", "inputs": [cid]})
    assert answer.status_code == 200, answer.text
    plan = answer.json()
    assert (plan["needed"], plan["cached"]) == (1, 0)
    assert plan["steps"][0]["state"] == "to_run"
    assert plan["plan"]["plan_id"] == plan["plan_id"]
    assert await site.node.services.reader.head() == before


async def test_a_plan_is_executed_and_then_all_of_it_is_cached(site):
    cid = await probed(site, 81)
    asked = {"recipe": "dog", "inputs": [cid]}
    plan = (await site.owner.post("/api/plan", json=asked)).json()
    async with site.node.worker():
        started = (await site.owner.post("/api/execute", json={"plan": plan["plan"]})).json()
        done = await site.ended(started["run_id"])
        again = (await site.owner.post("/api/plan", json=asked)).json()
        whole = (await site.owner.post("/api/run-recipe", json=asked)).json()
        both = await site.ended(whole["run_id"])
    assert done["status"] == "completed"
    assert (done["plan_id"], done["run_key"]) == (plan["plan_id"], plan["run_key"])
    assert (again["needed"], again["cached"]) == (0, 1)
    assert both["output_cid"] == done["output_cid"]


async def test_the_keys_that_a_plan_claims_are_not_believed(site):
    cid = await probed(site, 82)
    asked = {"recipe": "dog", "inputs": [cid]}
    honest = (await site.owner.post("/api/plan", json=asked)).json()["plan"]
    other = (await site.owner.post("/api/plan", json={**asked, "recipe": "identity"})).json()
    async with site.node.worker():
        stolen = await site.owner.post("/api/run-recipe", json={**asked, "recipe": "identity"})
        passed = await site.ended(stolen.json()["run_id"])
        (step,) = honest["steps"]
        step["key"] = other["plan"]["steps"][0]["key"]
        honest["plan_id"] = other["plan_id"]
        started = await site.owner.post("/api/execute", json={"plan": honest})
        assert started.status_code == 201, started.text
        done = await site.ended(started.json()["run_id"])
    assert done["output_cid"] != passed["output_cid"]
    assert done["step_list"][0]["key"] != step["key"]


async def test_what_is_no_plan_is_refused(site):
    for plan in ({}, {"steps": 5}, {"recipe": "x", "inputs": {}, "steps": [], "output": "y",
                                    "profile": "p", "plan_id": "i"}):  # fmt: skip
        answer = await site.owner.post("/api/execute", json={"plan": plan})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_plan"), answer.text


async def test_half_a_surrogate_pair_in_a_plan_is_refused(site):
    answer = await site.owner.post(
        "/api/execute",
        content=rb'{"plan": {"recipe": "\ud800"}}',
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_plan"), answer.text


async def test_a_plan_for_another_version_is_refused(site):
    cid = await probed(site, 83)
    asked = {"recipe": "dog", "inputs": [cid]}
    plan = (await site.owner.post("/api/plan", json=asked)).json()["plan"]
    plan["steps"][0]["preimage"]["version"] = 999
    answer = await site.owner.post("/api/execute", json={"plan": plan})
    assert (answer.status_code, answer.json()["code"]) == (422, "stale_plan")


async def test_assets_are_listed(site):
    (cat,) = (await site.owner.get("/assets")).json()["items"]
    assert (cat["name"], cat["media_type"]) == ("cat", "image/png")


async def test_files_are_imported_only_where_the_owner_allowed_it(site, tmp_path):
    (tmp_path / "file.png").write_bytes(picture(84))
    for query in (f"?path={tmp_path}/file.png", "?path=/etc/passwd", ""):
        refused = await site.owner.post(f"/cache/import{query}")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert "ARTDAG_IMPORT_ROOTS" in refused.json()["detail"]
