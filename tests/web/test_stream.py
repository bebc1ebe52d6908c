"""Watching a run while it renders."""

import io

import av
import pytest
from starlette import status

from l1.events.step import SegmentsRendered, StreamAdvanced
from tests.media.making import make_video
from tests.web.site import HTML

SECONDS, RATE = 9, 8


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory):
    """Nine seconds of a tiny picture, with sound: five segments."""
    folder = tmp_path_factory.mktemp("long")
    return make_video(
        folder / "long.mp4", frames=SECONDS * RATE, rate=RATE, size=(64, 36), audio="aac"
    )


def listed(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


async def test_a_run_is_watched_from_its_first_segment_to_its_end(site, long_clip):
    sent = await site.upload(long_clip.read_bytes(), "long.mp4")
    run = await site.run("invert", sent["cid"])
    url = f"/runs/{run['run_id']}/hls/index.m3u8"
    early = await site.owner.get(url)
    assert early.status_code == status.HTTP_503_SERVICE_UNAVAILABLE
    assert early.headers["retry-after"]
    async with site.browser() as browser:
        page = await browser.get(f"/run/{run['run_id']}")
        assert f'data-stream="{url}"' in page.text
    async with site.node.worker():
        done = await site.ended(run["run_id"])
    assert (done["status"], done["stream"]) == ("completed", url)

    index = await site.owner.get(url)
    assert index.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert index.headers["cache-control"] == "no-cache"
    assert listed(index.text) == ["pictures.m3u8"]
    tracks = {
        name: (await site.owner.get(f"/runs/{run['run_id']}/hls/{name}.m3u8")).text
        for name in ("pictures", "sound")
    }
    assert all(text.endswith("#EXT-X-ENDLIST\n") for text in tracks.values())
    assert tracks["pictures"].count("#EXTINF:2.000000,") == 4
    assert tracks["pictures"].count("#EXTINF:1.000000,") == 1
    shown = await _decoded(site, tracks["pictures"])
    assert len(shown) == SECONDS * RATE
    assert [frame.pts * frame.time_base * RATE for frame in shown] == list(range(len(shown)))
    heard = await _decoded(site, tracks["sound"])
    samples = sum(frame.samples for frame in heard)
    assert abs(samples / heard[0].sample_rate - SECONDS) < 0.1

    versions = [f for f in await site.node.facts(StreamAdvanced) if f.step]
    counts = [fact.segments for fact in versions]
    assert counts == sorted(counts)
    assert (versions[0].complete, versions[-1].complete) == (False, True)
    kept = await site.owner.get(f"/cache/{versions[0].pictures}/raw")
    assert len(listed(kept.text)) == counts[0]


async def _decoded(site, playlist):
    """Decode what a playlist names, as a player puts it together."""
    header = playlist.partition('#EXT-X-MAP:URI="')[2].partition('"')[0]
    data = b"".join([(await site.owner.get(part)).content for part in (header, *listed(playlist))])
    with av.open(io.BytesIO(data)) as container:
        return list(container.decode(container.streams[0]))


async def test_the_short_address_leads_to_the_newest_playlist(site, long_clip):
    sent = await site.upload(long_clip.read_bytes(), "long.mp4")
    async with site.node.worker():
        run = await site.ended((await site.run("posterize", sent["cid"]))["run_id"])
    answer = await site.owner.get(f"/run/{run['run_id']}/stream", follow_redirects=False)
    assert answer.status_code == status.HTTP_307_TEMPORARY_REDIRECT
    assert answer.headers["location"] == run["stream"]
    assert answer.headers["cache-control"] == "no-cache"


async def test_what_was_not_streamed_says_so(site):
    clip = make_video(site.node.folder / "short.mp4", frames=4)
    sent = await site.upload(clip.read_bytes(), "short.mp4")
    async with site.node.worker():
        run = await site.ended((await site.run("invert", sent["cid"]))["run_id"])
    assert run["stream"] is None
    answer = await site.owner.get(f"/runs/{run['run_id']}/hls/index.m3u8")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "its output is the whole" in answer.json()["detail"]
    async with site.browser() as browser:
        page = await browser.get(f"/run/{run['run_id']}", headers=HTML)
        assert "data-stream" not in page.text


async def test_an_edit_makes_only_the_segments_that_it_touches(site, long_clip):
    sent = await site.upload(long_clip.read_bytes(), "long.mp4")
    made, shown = [], []
    async with site.node.worker():
        for text in ("one", "two"):
            recipe = (
                "name: said\ninputs: {v: {type: video}}\nsteps:\n"
                "  - {id: a, type: INVERT, inputs: [v]}\n"
                f"  - {{id: b, type: TEXT, inputs: [a], config: {{text: {text}, start: 4.2, end: 5}}}}\n"
                "output: b\n"
            )
            kept = await site.owner.post(
                "/recipes/upload", content=recipe, headers={"Content-Type": "application/yaml"}
            )
            before = len(await site.node.facts(SegmentsRendered))
            run = await site.owner.post(
                f"/recipes/{kept.json()['cid']}/run", json={"inputs": {"v": sent["cid"]}}
            )
            done = await site.ended(run.json()["run_id"])
            assert done["status"] == "completed"
            states = {step["step_id"]: step["status"] for step in done["step_list"]}
            assert states == {"a": "elided", "b": "completed"}
            assert done["step_list"][0]["within"] == "b"
            shown.append((done["step_list"][1]["rendered"], done["step_list"][1]["segments"]))
            facts = (await site.node.facts(SegmentsRendered))[before:]
            pieces = [piece for fact in facts for piece in fact.segments if piece.header]
            made.append(sum(":" not in piece.key for piece in pieces))  # those of sound have one
    record = (await site.owner.get(f"/cache/{done['provenance_cid']}/raw")).json()
    inner, tail = record["steps"]
    assert (inner["within"], tail["follows"]) == (tail["key"], inner["key"])
    assert "output" not in inner
    assert made == [5, 1]
    assert shown == [(5, 5), (1, 5)]


async def test_the_node_hls_gives_the_playlist_itself(site):
    clip = make_video(site.node.folder / "short.mp4", frames=12, rate=8, audio="aac")
    sent = await site.upload(clip.read_bytes(), "short.mp4")
    async with site.node.worker():
        run = await site.ended((await site.run("hls", sent["cid"]))["run_id"])
    assert run["status"] == "completed"
    index = await site.owner.get(f"/cache/{run['output_cid']}/raw")
    assert index.headers["content-type"] == "application/vnd.apple.mpegurl"
    (pictures,) = listed(index.text)
    track = (await site.owner.get(pictures)).text
    assert "#EXTINF:1.500000," in track
    assert track.endswith("#EXT-X-ENDLIST\n")
    assert len(await _decoded(site, track)) == 12


async def test_the_playlist_of_a_run_that_was_stopped_ends(site, long_clip):
    sent = await site.upload(long_clip.read_bytes(), "long.mp4")
    run = await site.run("vignette", sent["cid"])
    async with site.node.worker():
        while not (await site.owner.get(f"/runs/{run['run_id']}")).json()["stream"]:
            await site.node.services.wakeups.wait("l1_views", 0.05)
        await site.owner.post(f"/runs/{run['run_id']}/cancel")
        await site.ended(run["run_id"])
    pictures = await site.owner.get(f"/runs/{run['run_id']}/hls/pictures.m3u8")
    assert pictures.text.endswith("#EXT-X-ENDLIST\n")
    for part in listed(pictures.text):
        assert part.endswith("/raw.m4s")
        assert (await site.owner.head(part)).status_code == status.HTTP_200_OK


async def test_of_a_run_that_failed_there_is_nothing_to_watch(site):
    sent = await site.upload(b"no video at all\n", "text.txt")
    started = await site.owner.post("/runs", json={"recipe": "hls", "inputs": [sent["cid"]]})
    if started.status_code == status.HTTP_201_CREATED:  # it had not been probed yet
        run_id = started.json()["run_id"]
        async with site.node.worker():
            assert (await site.ended(run_id))["status"] == "failed"
        answer = await site.owner.get(f"/runs/{run_id}/hls/index.m3u8")
        assert answer.status_code == status.HTTP_404_NOT_FOUND
        assert "is failed" in answer.json()["detail"]
