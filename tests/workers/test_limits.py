"""Limits that the settings name reach the children, and what stays open is said."""

import json

import msgspec
import pytest
from PIL import Image

from l1.compose import set_up_logging
from l1.compose.confining import probe_limits, say_what_is_open, step_limits
from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.media.limits import MediaLimits
from l1.settings import from_environment
from l1.workers import sandbox
from l1.workers.children import Children, Limits, Task, TaskSource
from tests.media.making import make_audio, make_video
from tests.running.node import open_node, recipe, step


def test_without_settings_the_limits_are_those_of_a_task():
    settings = from_environment({})
    assert step_limits(settings) == Limits(no_progress_s=120)
    expected = Limits(memory_bytes=512 * 2**20, cpu_s=120, file_bytes=0, timeout_s=180)
    assert probe_limits(settings) == expected


def test_each_limit_is_a_setting():
    names = ["SECONDS", "CPU_SECONDS", "MEMORY", "FILE", "SCRATCH"]
    given = {f"ARTDAG_CHILD_{name}": str(number) for number, name in enumerate(names, 1)}
    given["ARTDAG_STALL_SECONDS"] = "6"
    media = ["SECONDS", "PIXELS", "RATE", "CHANNELS", "STREAMS"]
    given |= {f"ARTDAG_MEDIA_{name}": str(number) for number, name in enumerate(media, 11)}
    limits = step_limits(from_environment(given))
    let_in = MediaLimits(seconds=11, pixels=12, rate=13, channels=14, streams=15)
    assert limits == Limits(
        timeout_s=1, cpu_s=2, memory_bytes=3, file_bytes=4, scratch_bytes=5, no_progress_s=6,
        media=let_in,
    )  # fmt: skip
    assert probe_limits(from_environment(given)).media == let_in


@pytest.mark.parametrize("name", ["ARTDAG_CHILD_SECONDS", "ARTDAG_MEDIA_PIXELS"])
def test_a_limit_of_nothing_is_refused(name):
    with pytest.raises(Refused, match="is less than 1"):
        from_environment({name: "0"})


@pytest.fixture
async def children():
    async with Children() as running:
        yield running


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    Image.new("RGB", (40, 30)).save(folder / "image.png")
    make_video(folder / "video.mp4", frames=50)
    make_video(folder / "talk.mp4", audio="aac")
    make_audio(folder / "sound.wav")
    return folder


TOO_MUCH = (
    ("image.png", MediaLimits(pixels=1199), "40x30 pixels, more than the 1199 allowed"),
    ("video.mp4", MediaLimits(pixels=6143), "96x64 pixels, more than the 6143 allowed"),
    ("video.mp4", MediaLimits(seconds=1), "2 s long, more than the 1 s allowed"),
    ("video.mp4", MediaLimits(rate=24), "25 frames a second, more than the 24 allowed"),
    ("talk.mp4", MediaLimits(streams=1), "cannot be read"),
    ("sound.wav", MediaLimits(channels=1), "2 channels, more than 1"),
)


async def test_a_child_lets_in_what_its_task_allows(children, media):
    for name, limits, problem in TOO_MUCH:
        assert problem in (await probed(children, media / name, limits)).problem
        assert not (await probed(children, media / name, MediaLimits())).problem


async def test_more_than_the_default_is_let_in_where_a_node_wants_it(children, tmp_path):
    path = tmp_path / "large.png"
    Image.new("1", (7681, 4320)).save(path)
    assert (await probed(children, path, MediaLimits(pixels=34_000_000))).kind == "image"


async def probed(children, path, limits):
    source = TaskSource(path=str(path))
    task = Task(kind="analyse", name="probe", sources=(source,), limits=Limits(media=limits))
    return msgspec.convert((await children.run(task)).value, MediaInfo)


async def test_what_a_worker_lets_in_is_set_by_the_environment(tmp_path, database_url, redis_url):
    sound = make_audio(tmp_path / "sound.wav")
    environment = {"ARTDAG_MEDIA_CHANNELS": "1"}
    async with (
        open_node(tmp_path, database_url, redis_url, **environment) as node,
        node.worker(),
    ):
        cid = await node.store(sound.read_bytes())
        await node.probed(cid)
        uses = recipe(step("uses", inputs=["sound"]), inputs=["sound"])
        with pytest.raises(Refused, match="2 channels, more than 1"):
            await node.run(uses, {"sound": cid})


def test_a_worker_says_once_what_it_keeps_and_what_is_open(capfd):
    set_up_logging("info")
    say_what_is_open()
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    has, lacks = sandbox.enforced()
    assert lines[0]["enforced"] == list(has)
    assert [line["open"] for line in lines[1:]] == ([list(lacks)] if lacks else [])
