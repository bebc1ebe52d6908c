"""The edit list of a film that follows a beat."""

import opentimelineio as otio

from tests.effects.flashes import click_music
from tests.media.making import make_video
from tests.web.site import HTML, picture

RECIPE = """
name: walk-in-time
inputs:
  walk: {type: video}
  song: {type: audio}
steps:
  - {id: bright, type: TRANSFORM, inputs: [walk], config: {brightness: 0.1}}
  - {id: heard, type: ANALYZE, inputs: [song], config: {features: [beats, energy]}}
  - {id: film, type: BEAT_SYNC, inputs: [bright, heard], config: {pieces: 4}}
  - {id: small, type: RESIZE, inputs: [film], config: {width: 32}}
output: small
"""


def read(text):
    return otio.adapters.read_from_string(text, "otio_json")


def urls(track):
    return [each.target_url for each in track[0].media_references().values()]


async def test_a_film_and_its_schedule_have_an_edit_list(site, tmp_path):
    video = make_video(tmp_path / "v.mp4", size=(64, 36))
    click_music(tmp_path / "m.wav", 120, beats=6)
    async with site.node.worker():
        walk = (await site.upload(video.read_bytes(), "walk.mp4"))["cid"]
        song = (await site.upload((tmp_path / "m.wav").read_bytes(), "song.wav"))["cid"]
        await site.node.probed(walk)
        await site.node.probed(song)
        kept = await site.owner.post("/recipes/upload", data={"text": RECIPE})
        run = await site.run(kept.json()["recipe_id"], walk, song)
        run = await site.ended(run["run_id"])
    assert run["status"] == "completed", run
    made = {each["step_id"]: each["output_cid"] for each in run["step_list"]}
    films = [made["small"], made["film"], made["film.schedule"]]
    lists = [read((await site.owner.get(f"/cache/{cid}/otio")).text) for cid in films]
    for listed in lists:
        assert listed.tracks.is_equivalent_to(lists[0].tracks)
    (pictures,), (music,) = lists[0].video_tracks(), lists[0].audio_tracks()
    assert len(pictures.markers) == 6
    assert urls(pictures) == [f"{made['bright']}.mp4", f"ipfs://{made['bright']}"]
    assert urls(music) == ["song.wav", f"ipfs://{song}"]
    answer = await site.owner.get(f"/cache/{made['small']}/otio")
    assert f'filename="{made["small"]}.otio"' in answer.headers["content-disposition"]
    for cid in (made["small"], made["film.schedule"]):
        page = await site.owner.get(f"/cache/{cid}", headers=HTML)
        assert f"/cache/{cid}/otio" in page.text

    schedule = (await site.owner.get(f"/cache/{made['film.schedule']}/raw")).content
    await _brought_from_elsewhere(site, schedule.replace(b'"start_ms":0', b'"start_ms":1'))


async def _brought_from_elsewhere(site, schedule):
    cid = (await site.upload(schedule, "schedule.json"))["cid"]
    listed = read((await site.owner.get(f"/cache/{cid}/otio")).text)
    assert (listed.name, urls(listed.video_tracks()[0])) == ("schedule.json", ["video"])
    assert listed.audio_tracks() == []


async def test_what_follows_no_beat_has_none(site):
    cid = (await site.upload(picture(200)))["cid"]
    for answer in (
        await site.owner.get(f"/cache/{cid}/otio"),
        await site.owner.get(f"/cache/{(await site.upload(b'{}', 'x.json'))['cid']}/otio"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_schedule")
        assert "neither a beat schedule nor a film" in answer.json()["detail"]
    page = await site.owner.get(f"/cache/{cid}", headers=HTML)
    assert "/otio" not in page.text
