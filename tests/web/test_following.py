"""What follows sound: rendered by a worker, and told on the page of the plan and in the record."""

from l1.content.provenance import Provenance
from tests.media.making import make_video
from tests.web.site import HTML

RECIPE = """
name: thump
inputs:
  film: {type: video}
steps:
  - {id: kick, type: BIND, inputs: [film], config: {feature: energy, smooth: 0.1}}
  - {id: dark, type: VIGNETTE, inputs: [film], config: {amount: {bind: kick}}}
  - {id: soft, type: BLUR, inputs: [dark], config: {radius: {bind: kick, range: [4, 0.5]}}}
output: soft
"""


async def test_a_plan_s_page_says_what_follows_and_draws_it(site, tmp_path):
    video = make_video(tmp_path / "v.mp4", audio="aac")
    async with site.node.worker():
        cid = (await site.upload(video.read_bytes(), "v.mp4"))["cid"]
        await site.node.probed(cid)
        kept = await site.owner.post("/recipes/upload", data={"text": RECIPE})
        run = await site.run(kept.json()["recipe_id"], cid)
        done = await site.ended(run["run_id"])
    assert done["status"] == "completed", done
    page = (await site.owner.get(f"/run/{run['run_id']}/plan", headers=HTML)).text
    assert "amount &lt;- energy of film 0..1" in page
    assert "radius &lt;- kick 4..0.5" in page
    assert page.count('class="plot"') == 2
    shown = (await site.owner.get(f"/recipes/{kept.json()['recipe_id']}", headers=HTML)).text
    assert "kick" in shown
    data = (await site.owner.get(f"/cache/{done['provenance_cid']}/raw")).content
    steps = {step.id: step for step in Provenance.from_json(data).steps}
    assert steps["dark"].bound == {"amount": 1}
    assert steps["soft"].bound == {"radius": 0}  # what it looks upon was never a file
    assert steps["soft"].inputs[0] == steps["soft.radius"].output
