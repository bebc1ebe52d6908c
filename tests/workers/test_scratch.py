"""Real children that fill their folder, all of them in one fork server."""

import os
import time
from pathlib import Path

import pytest

from l1.errors import Refused
from l1.workers.children import Children, Limits, Task
from l1.workers.scratch import ScratchWatch

MIB = 2**20


@pytest.fixture
async def children():
    async with Children(["tests.workers.nodes"]) as running:
        yield running


@pytest.fixture
def task(tmp_path):
    def describe(name: str, scratch_bytes: int = 4 * MIB) -> Task:
        limits = Limits(timeout_s=30, file_bytes=2 * MIB, scratch_bytes=scratch_bytes)
        return Task(kind="render", name=name, output=str(tmp_path / "output"), limits=limits)

    return describe


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fill", r"8[34]\d{5} bytes in all, more than 4194304"),
        ("fill_at_once", r"8[34]\d{5} bytes in all, more than 4194304"),
        ("fill_unseen", r"8[34]\d{5} bytes in all, more than 4194304"),
        ("litter", "more than 10000 files and folders"),
        ("dig", "folders more than 16 deep"),
    ],
)
async def test_a_child_that_fills_its_folder_is_ended_and_told_the_limit(
    children, task, name, told
):
    began = time.monotonic()
    with pytest.raises(Refused, match=f"{name} filled its scratch folder with {told}") as raised:
        await children.run(task(name))
    assert raised.value.code == "scratch_full"
    assert time.monotonic() - began < 10
    assert children.server_pid is not None
    assert not Path(f"/proc/{children.server_pid}/task/{children.server_pid}/children").read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root looks into every folder")
async def test_a_folder_that_cannot_be_looked_into_is_too_much(children, task):
    with pytest.raises(Refused, match="cannot be looked into"):
        await children.run(task("hide"))


async def test_below_the_cap_many_files_are_nobodys_business(children, task):
    done = await children.run(task("fill_at_once", scratch_bytes=16 * MIB))
    assert done.value["bytes"] == 4


def test_holes_in_a_file_take_no_room(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    watch = ScratchWatch(tmp_path, most_bytes=MIB, server=os.getpid())
    watch.look()
    assert watch.excess == ""
