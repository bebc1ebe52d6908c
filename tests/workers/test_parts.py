"""Films that are rendered in parts by real workers: the same bytes, and nothing twice."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from l1.actions.cancel_run import cancel_run
from l1.actions.delete_content import delete_content
from l1.actions.discard_run import discard_run
from l1.content.cid import Cid
from l1.content.pieces import Pieces
from l1.effects.chain import Link, render_chain
from l1.effects.effect import Job, Source
from l1.effects.invert import INVERT
from l1.effects.text import TEXT
from l1.errors import Refused
from l1.events.run import RunCompleted, StepElided
from l1.events.step import (
    SegmentsRendered,
    StepCompleted,
    StepFailed,
    StepLost,
    StepSplit,
    StreamAdvanced,
)
from l1.media.probing import probe
from l1.projections.segments import stream_of
from tests.media.making import make_video
from tests.running.node import ME, end, recipe, step
from tests.storm.storming import consistent

LONG = pytest.mark.storm
SECONDS = 10
SEGMENTS = 5


def written(text="hi", *, start="4", stop="5"):
    return recipe(
        step("a", "invert", ["video"]),
        step("t", "text", ["a"], text=text, start=start, end=stop),
        inputs=["video"],
    )


@pytest.fixture
def clip(tmp_path):
    return make_video(tmp_path / "clip.mp4", frames=SECONDS * 25, size=(160, 90), audio="aac")


async def stored(node, clip):
    return await node.store(clip.read_bytes())


def in_one_go(clip: Path, output: Path, text="hi", *, start="4", stop="5") -> bytes:
    source = Source(path=clip, info=probe(clip), cid="x")
    params = TEXT.parse({"text": text, "start": start, "end": stop})
    links = [
        Link(effect=INVERT, params=INVERT.node.params(), sources=(source,)),
        Link(effect=TEXT, params=params, sources=()),
    ]
    render_chain(
        links,
        Job(sources=(), params=None, output=output, progress=lambda *_: None, note=lambda _: None),
    )
    return output.read_bytes()


def pictures(facts):
    """Name the segments of pictures that were rendered, as often as they were."""
    return sorted(
        each.key for fact in facts for each in fact.segments if each.header and ":" not in each.key
    )


async def output_of(node, run):
    assert run.state == "completed", run
    return await node.services.store.read(run.output)


@pytest.mark.parametrize("slots", [pytest.param(1, marks=LONG), 2, pytest.param(4, marks=LONG)])
async def test_a_film_in_parts_has_the_bytes_of_one_rendered_in_one_go(node, tmp_path, clip, slots):
    cid = await stored(node, clip)
    async with node.worker(cpu=slots, io=2):
        run = await node.run(written(), {"video": cid})
    assert await output_of(node, run) == in_one_go(clip, tmp_path / "whole.mp4")
    (split,) = await node.facts(StepSplit)
    assert (split.frames, split.segment_frames, len(split.segments)) == (250, 50, SEGMENTS)
    made = pictures(await node.facts(SegmentsRendered))
    assert made == sorted(split.segments), "each once"
    (elided,) = await node.facts(StepElided)
    assert [each.id for each in elided.steps] == ["a"]
    assert {n: s.state for n, s in (await node.steps(run)).items()} == {
        "a": "elided", "t": "completed",
    }  # fmt: skip
    (completed,) = await node.facts(StepCompleted)
    assert completed.started_us == split.started_us
    await consistent(node)


@LONG
async def test_what_is_watched_grows_from_the_beginning_and_ends(node, clip):
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        run = await node.run(written(), {"video": cid})
    told = await node.facts(StreamAdvanced)
    counts = [fact.segments for fact in told]
    assert counts == sorted(counts)
    assert (counts[-1], [fact.complete for fact in told]) == (
        SEGMENTS, [False] * (len(told) - 1) + [True],
    )  # fmt: skip
    texts = [(await node.services.store.read(fact.pictures)).decode() for fact in told]
    for before, after in pairwise(texts):
        assert after.startswith(before)
    named = [line.split("/")[2] for line in texts[-1].splitlines() if line.startswith("/cache/")]
    assert len(named) == SEGMENTS
    assert await node.services.store.missing(named) == []
    shown = await stream_of(node.services.views, (await node.steps(run))["t"].key)
    assert (shown.complete, shown.segments) == (True, SEGMENTS)


@LONG
@pytest.mark.parametrize("audio", [None, "pcm_s16le", "libmp3lame"])
async def test_films_with_other_sounds_or_none_are_joined_too(node, tmp_path, audio):
    clip = make_video(tmp_path / "c.mkv", frames=220, size=(64, 48), audio=audio)
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        run = await node.run(written(), {"video": cid})
    assert await output_of(node, run) == in_one_go(clip, tmp_path / "whole.mp4")
    (split,) = await node.facts(StepSplit)
    outputs = await node.services.work.outputs([split.sound])
    pieces = Pieces.from_json(await node.services.store.read(outputs[split.sound]))
    assert bool(pieces.header) == bool(pieces.pieces) == bool(audio)
    assert (await node.facts(StreamAdvanced))[-1].complete


async def test_an_edit_of_one_second_renders_only_the_segment_that_it_touches(node, tmp_path, clip):
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        await node.run(written("hi"), {"video": cid})
        first = await node.facts(SegmentsRendered)
        run = await node.run(written("ho"), {"video": cid})
        again = (await node.facts(SegmentsRendered))[len(first) :]
        assert len(pictures(again)) == 1
        moved = await node.run(written("hi", start="4", stop="5.5"), {"video": cid})
    assert await output_of(node, run) == in_one_go(clip, tmp_path / "whole.mp4", "ho")
    assert await output_of(node, moved) == in_one_go(clip, tmp_path / "moved.mp4", stop="5.5")
    splits = await node.facts(StepSplit)
    assert [len(each.parts) for each in splits] == [4, 1, 1]
    assert [each.sound for each in splits[1].parts] == [False], "the sound is there too"


@LONG
async def test_a_run_whose_pieces_are_all_there_joins_at_once(node, tmp_path, clip):
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        run = await node.run(written(), {"video": cid})
        rendered = len(await node.facts(SegmentsRendered))
        # A text that is shown after the end changes nothing, but the step's key.
        await node.run(written("x", start="90", stop="91"), {"video": cid})
        later = len(await node.facts(SegmentsRendered))
        other = await node.run(written("y", start="90", stop="91"), {"video": cid})
    assert later > rendered
    assert len(await node.facts(SegmentsRendered)) == later
    assert [len(fact.parts) > 0 for fact in await node.facts(StepSplit)] == [True, True, False]
    assert other.output != run.output
    whole = in_one_go(clip, tmp_path / "w.mp4", "y", start="90", stop="91")
    assert await output_of(node, other) == whole
    (_, _, last) = await node.facts(StepCompleted)
    key = (await node.steps(other))["t"].key
    assert last.key == key
    shown = await stream_of(node.services.views, key)
    assert shown.complete, "and can be watched"
    for each in (await node.facts(RunCompleted))[:2]:
        await discard_run(node.services, ME, each.run_id)
    pieces = named_by((await node.services.store.read(shown.pictures)).decode())
    assert await node.services.store.missing(pieces) == [], "whoever made them"
    await consistent(node)


def named_by(playlist):
    return [line.split("/")[2] for line in playlist.splitlines() if line.startswith("/cache/")]


@LONG
async def test_an_inner_step_that_is_asked_for_is_rendered_under_its_own_key(node, clip):
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        run = await node.run(written(), {"video": cid})
        inner = recipe(step("only", "invert", ["video"]), inputs=["video"])
        alone = await node.run(inner, {"video": cid})
    assert (await node.steps(alone))["only"].key == (await node.steps(run))["a"].key
    assert len({fact.key for fact in await node.facts(StepCompleted)}) == 2
    assert alone.output != run.output


@LONG
@pytest.mark.parametrize("point", ["mid_child", "after_cas_put", "before_commit"])
async def test_a_worker_killed_in_the_middle_loses_nothing_that_was_recorded(
    node, tmp_path, clip, point
):
    cid = await stored(node, clip)
    async with node.worker(cpu=1, io=2):
        await node.probed(cid)
    run_id = await node.start(written(), {"video": cid})
    async with node.worker(io=1):  # plans
        split = "select count(*) > 0 from execution where kind = 'step' and state = 'ready'"
        await node.until(lambda: node.services.views.pool.fetchval(split))
    outliner = node.process({"cpu": 1})
    parts = "select count(*) > 0 from execution where kind = 'part'"
    await node.until(lambda: node.services.views.pool.fetchval(parts), seconds=60)
    end(outliner)
    doomed = node.process({"cpu": 1}, ARTDAG_FAILPOINT=point)
    assert await asyncio.to_thread(doomed.wait, 60) == -9
    kept = pictures(await node.facts(SegmentsRendered))
    async with node.worker(cpu=2, io=2):
        run = await node.ended(run_id)
    assert await output_of(node, run) == in_one_go(clip, tmp_path / "whole.mp4")
    made = pictures(await node.facts(SegmentsRendered))
    assert len(made) == len(set(made)) == SEGMENTS
    assert set(kept) <= set(made)
    assert len(await node.facts(StepLost)) >= 1
    await consistent(node)


@LONG
async def test_cancelling_stops_the_parts_and_leaves_no_scratch(node, tmp_path):
    clip = make_video(tmp_path / "c.mp4", frames=1500, size=(320, 180), audio="aac")
    cid = await stored(node, clip)
    leased = "select count(*) from lease join execution using (key) where kind = 'part'"
    async with node.worker(cpu=2, io=2):
        run_id = await node.start(written(), {"video": cid})

        async def working():
            return await node.services.views.pool.fetchval(leased) >= 2

        await node.until(working)
        assert len(scratch_of(node)) == 2
        await cancel_run(node.services, ME, run_id)
        free = "select count(*) = 0 from lease"
        await node.until(lambda: node.services.views.pool.fetchval(free))
        assert (await node.ended(run_id)).state == "cancelled"
        assert scratch_of(node) == []
    assert await node.facts(StepFailed) == []
    assert await node.facts(StepLost) == []
    left = "select count(*) from execution where kind = 'part'"
    assert await node.services.views.pool.fetchval(left) == 0
    await consistent(node)


@LONG
async def test_a_damaged_or_lost_piece_is_made_again(node, tmp_path, clip):
    cid = await stored(node, clip)
    store = node.services.store
    async with node.worker(cpu=2, io=2):
        await node.run(written("hi"), {"video": cid})
        (split,) = await node.facts(StepSplit)
        outputs = await node.services.work.outputs([*split.segments, split.sound])
        await store.delete(outputs[split.segments[1]])  # the disk lost it
        scribble(await store.open_path(outputs[split.segments[3]]))
        run = await node.run(written("ho"), {"video": cid})
        assert await output_of(node, run) == in_one_go(clip, tmp_path / "whole.mp4", "ho")
        listing = outputs[split.sound]
        pieces = Pieces.from_json(await store.read(listing))
        await store.delete(pieces.pieces[0].cid)
        third = await node.run(written("ha"), {"video": cid})
        assert await output_of(node, third) == in_one_go(clip, tmp_path / "third.mp4", "ha")
        scribble(await store.open_path(listing))
        last = await node.run(written("he"), {"video": cid})
    assert await output_of(node, last) == in_one_go(clip, tmp_path / "last.mp4", "he")
    await consistent(node)


def scratch_of(node) -> list[Path]:
    """Name the folders of attempts."""
    return list((node.settings.content_folder / "scratch").glob("*/*"))


def scribble(path: Path) -> None:
    """Damage a file where it lies."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.chmod(0o600)
    path.write_bytes(bytes(data))


@LONG
async def test_a_piece_that_was_deleted_is_made_again(node, tmp_path, clip):
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        await node.run(written("hi"), {"video": cid})
        (split,) = await node.facts(StepSplit)
        outputs = await node.services.work.outputs(split.segments)
        await delete_content(node.services, ME, outputs[split.segments[0]])
        run = await node.run(written("ho"), {"video": cid})
        assert await output_of(node, run) == in_one_go(clip, tmp_path / "whole.mp4", "ho")
        assert len((await node.facts(StepSplit))[1].parts) == 2
        shown = await node.services.work.pieces(split.segments)
        header = Cid(shown[split.segments[-1]]["header"])
        await node.services.store.delete(header)  # the disk lost it
        await node.run(written("hu"), {"video": cid})
    assert await node.services.store.missing([header]) == []
    assert len((await node.facts(StepSplit))[2].parts) > 2, "with all pieces that go with it"
    await consistent(node)


async def test_a_playlist_holds_what_it_names_and_is_made_again_without(node, tmp_path):
    clip = make_video(tmp_path / "clip.mp4", frames=72, rate=8, size=(64, 36))
    played = recipe(step("a", "hls", ["video"]), inputs=["video"])
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        run = await node.run(played, {"video": cid})
        (split,) = await node.facts(StepSplit)
        pieces = await node.services.work.pieces(split.segments)
        piece, header = (Cid(pieces[split.segments[2]][name]) for name in ("output", "header"))
        for each in (piece, header):
            with pytest.raises(Refused, match="the output of run"):
                await delete_content(node.services, ME, each)
        await node.services.store.delete(piece)  # the disk lost it
        again = await node.run(played, {"video": cid})
        assert again.output == run.output
        assert await node.services.store.missing([Cid(again.output), piece, header]) == []
        hit = await node.run(played, {"video": cid})
    assert (await node.steps(hit))["a"].state == "cached"
    await consistent(node)


async def test_a_run_that_was_discarded_can_be_watched_when_it_is_run_again(node, clip):
    cid = await stored(node, clip)
    async with node.worker(cpu=2, io=2):
        first = await node.run(written(), {"video": cid})
        await discard_run(node.services, ME, first.run_id)
        (split,) = await node.facts(StepSplit)
        assert await node.services.work.outputs(split.segments) == {}
        assert await stream_of(node.services.views, split.key) is None
        second = await node.run(written(), {"video": cid})
    assert second.output == first.output
    shown = await stream_of(node.services.views, split.key)
    assert shown.complete
    named = [shown.playlist, shown.pictures, shown.sound]
    assert await node.services.store.missing(named) == []
    told = [fact.segments for fact in await node.facts(StreamAdvanced)]
    assert told[-1] == SEGMENTS
    assert min(told[told.index(SEGMENTS) + 1 :]) < SEGMENTS, "from its beginning on"
    await consistent(node)


@LONG
async def test_two_runs_of_one_film_share_its_parts(node, clip):
    cid = await stored(node, clip)
    recipe_cid = await node.store(written())
    async with node.worker(cpu=2, io=2):
        ids = await asyncio.gather(
            *(node.start_stored(recipe_cid, {"video": cid}) for _ in range(2))
        )
        await asyncio.gather(*(node.ended(each) for each in ids))
    assert len(pictures(await node.facts(SegmentsRendered))) == SEGMENTS
    assert len(await node.facts(StepSplit)) == 1


@LONG
async def test_a_part_that_is_refused_fails_the_step_with_its_words(node, clip):
    cid = await stored(node, clip)
    brittle = recipe(step("b", "brittle", ["video"], at=150), inputs=["video"])
    async with node.worker(cpu=2, io=2):
        run = await node.run(brittle, {"video": cid})
    message = "step b (brittle) failed: picture 150 cannot be shown; leave it out"
    assert (run.state, run.code, run.message) == ("failed", "odd_picture", message)
    assert (await node.steps(run))["b"].state == "failed"
    left = "select count(*) from execution where kind = 'part'"
    assert await node.services.views.pool.fetchval(left) == 0
    await consistent(node)


@LONG
async def test_a_part_that_breaks_is_tried_again_and_tells_what_broke(node, clip):
    cid = await stored(node, clip)
    brittle = recipe(step("b", "brittle", ["video"], polite=False), inputs=["video"])
    async with node.worker(cpu=2, io=2):
        run = await node.run(brittle, {"video": cid})
    assert (run.state, run.code) == ("failed", "child_failed")
    failures = await node.facts(StepFailed)
    assert [(each.attempt, each.final) for each in failures] == [(1, False), (2, False), (3, True)]
    assert all(each.key.startswith("part:") for each in failures)
    assert b"picture 150 is odd" in await node.services.store.read(failures[-1].log)
    made = pictures(await node.facts(SegmentsRendered))
    assert len(made) == len(set(made)) <= SEGMENTS - 1, "the third attempt renders nothing again"
    await consistent(node)
