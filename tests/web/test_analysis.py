"""What analyses found, as a page says it."""

import re

from tests.media.making import make_video
from tests.web.site import HTML

FEATURES = ["key", "motion_tempo", "scene_changes"]
RECIPE = f"""
name: looked-into
inputs:
  film: {{type: video}}
steps:
  - {{id: found, type: ANALYZE, inputs: [film], config: {{features: {FEATURES}}}}}
output: found
"""


async def test_key_and_motion_are_told_in_words(site, tmp_path):
    video = make_video(tmp_path / "v.mp4", audio="aac")
    async with site.node.worker():
        cid = (await site.upload(video.read_bytes(), "v.mp4"))["cid"]
        await site.node.probed(cid)
        kept = await site.owner.post("/recipes/upload", data={"text": RECIPE})
        run = await site.run(kept.json()["recipe_id"], cid)
        done = await site.ended(run["run_id"])
    assert done["status"] == "completed", done
    page = await site.owner.get(f"/run/{run['run_id']}/analysis", headers=HTML)
    text = re.sub(r"<[^>]+>", "", page.text)
    assert re.search(r"\bA (major|minor); \d+ % sure. An A has 4(39|40|41)\.\d Hz", text)
    assert "The motion has no pulse." in text
    assert "Motion tempo" in text
    listed = (await site.owner.get(f"/api/run/{run['run_id']}/analysis")).json()["items"]
    assert {each["feature"] for each in listed} == {"key", "motion_tempo", "scenes"}
