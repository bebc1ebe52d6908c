"""Real fork servers and real children, which hang, crash, hog and get killed."""

import asyncio
import itertools
import os
import signal
import statistics
import sys
import textwrap
import time
from pathlib import Path

import pytest

from l1.content.media_info import MediaInfo
from l1.errors import Refused, Unavailable
from l1.workers.children import ChildFailed, Children, Limits, Task, TaskSource

NODES = "tests.workers.nodes"


@pytest.fixture
async def children():
    async with Children([NODES]) as running:
        yield running


@pytest.fixture
def render(tmp_path):
    """Describe a render into a scratch folder of its own."""
    made = iter(range(10**6))

    def describe(name, *sources, limits=None, **params) -> Task:
        scratch = tmp_path / f"scratch-{next(made)}"
        scratch.mkdir()
        return Task(
            kind="render",
            name=name,
            sources=tuple(TaskSource(path=str(path)) for path in sources),
            params=params,
            output=str(scratch / "output"),
            limits=limits or Limits(timeout_s=30),
        )

    return describe


async def until(fact, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def descendants(pid: int) -> list[int]:
    try:
        found = [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [*found, *(each for child in found for each in descendants(child))]


def open_files(pid: int | str) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def running_sleeper(children, task) -> tuple[asyncio.Task, int]:
    """Start a task whose child notes its pid, and wait for that note."""
    notes: list[str] = []
    running = asyncio.create_task(children.run(task, on_note=notes.append))
    await until(lambda: notes or running.done())
    return running, int(notes[0].split()[1])


async def test_a_render_writes_its_output_and_tells_its_size(children, render):
    task = render("write", text="ab", times=3)
    done = await children.run(task)
    assert done.value == {"bytes": 6}
    assert Path(task.output).read_text() == "ababab"
    assert done.peak_bytes > 2**20


async def test_an_analysis_answers_with_its_facts(children, tmp_path):
    (tmp_path / "poem").write_text("so much depends")
    source = TaskSource(path=str(tmp_path / "poem"))
    done = await children.run(Task(kind="analyse", name="words", sources=(source,)))
    assert done.value == ["so", "much", "depends"]


async def test_an_effect_sees_its_sources_with_what_the_probe_found(children, render, tmp_path):
    (tmp_path / "a.txt").write_text("")
    info = MediaInfo(kind="text", media_type="text/plain")
    task = render("write")
    source = TaskSource(path=str(tmp_path / "a.txt"), info=info)
    notes: list[str] = []
    described = Task(kind="render", name="write", sources=(source,), output=task.output)
    await children.run(described, on_note=notes.append)
    assert notes == ["a.txt is text"]


async def test_libav_encodes_and_decodes_in_threads_inside_the_sandbox(children, render):
    encode = render("encode")
    heard: list[tuple[int, int]] = []
    await children.run(encode, on_progress=lambda *progress: heard.append(progress))
    assert heard[-1] == (10, 10)
    count = render("count_frames", encode.output)
    await children.run(count)
    assert Path(count.output).read_text() == "10"


async def test_a_python_thread_may_be_started(children, render):
    task = render("thread")
    await children.run(task)
    assert Path(task.output).read_text() == "from a thread"


async def test_a_refusal_arrives_with_its_code_and_facts(children, render):
    with pytest.raises(Refused) as raised:
        await children.run(render("refuse"))
    assert raised.value.code == "odd_input"
    assert raised.value.facts == {"wanted": ["a", "b"]}


async def test_what_is_unavailable_in_the_child_is_unavailable_to_the_worker(children, render):
    with pytest.raises(Unavailable) as raised:
        await children.run(render("unavailable"))
    assert raised.value.code == "no_font"


async def test_wrong_parameters_are_refused(children, render):
    with pytest.raises(Refused, match="times") as raised:
        await children.run(render("write", times="many"))
    assert raised.value.code == "bad_params"


async def test_an_unknown_effect_may_be_known_to_another_worker(children, render):
    with pytest.raises(Unavailable) as raised:
        await children.run(render("from_next_year"))
    assert raised.value.code == "unknown_name"


async def test_an_effect_that_writes_nothing_has_crashed(children, render):
    with pytest.raises(ChildFailed, match="without writing"):
        await children.run(render("forgetful"))


async def test_an_exception_is_a_crash_whose_traceback_is_noted(children, render):
    notes: list[str] = []
    with pytest.raises(ChildFailed, match="KeyError: 'missing'") as raised:
        await children.run(render("raise"), on_note=notes.append)
    assert raised.value.kind == "crashed"
    assert "Traceback" in notes[-1]


async def test_progress_is_passed_on_at_most_five_times_a_second(children, render):
    heard: list[float] = []
    await children.run(
        render("steady"), on_progress=lambda done, total: heard.append(time.monotonic())
    )
    gaps = [later - earlier for earlier, later in itertools.pairwise(heard[:-1])]
    assert 4 <= len(heard) <= 8
    assert min(gaps) > 0.15


async def test_the_last_of_what_a_child_prints_is_noted(children, render):
    notes: list[str] = []
    await children.run(render("chatter", times=3), on_note=notes.append)
    assert notes[:3] == ["note 0", "note 1", "note 2"]
    assert notes[-1].endswith("the end")
    assert len(notes[-1]) < 66_000


async def test_notes_without_end_are_cut_off(children, render):
    notes: list[str] = []
    await children.run(render("chatter", times=20_000), on_note=notes.append)
    assert sum(map(len, notes[:-1])) < 66_000
    assert "dropped" in notes[-2]


async def test_a_hung_child_is_killed_at_its_timeout_and_neighbours_go_on(children, render):
    neighbour = asyncio.create_task(children.run(render("steady")))
    task = render("sleep", limits=Limits(timeout_s=0.5))
    started = time.monotonic()
    running, pid = await running_sleeper(children, task)
    with pytest.raises(ChildFailed) as raised:
        await running
    assert raised.value.kind == "timeout"
    assert time.monotonic() - started < 1.5
    assert not is_running(pid)
    assert (await neighbour).value == {"bytes": 6}


async def test_a_child_without_progress_is_stalled_and_killed(children, render):
    with pytest.raises(ChildFailed) as raised:
        await children.run(render("stall", limits=Limits(timeout_s=30, no_progress_s=0.6)))
    assert raised.value.kind == "stalled"


async def test_progress_keeps_a_child_alive_past_the_no_progress_time(children, render):
    task = render("steady", limits=Limits(timeout_s=30, no_progress_s=0.9))
    assert (await children.run(task)).value == {"bytes": 6}


async def test_a_memory_hog_fails_for_memory_and_the_server_lives_on(children, render):
    with pytest.raises(ChildFailed) as raised:
        await children.run(render("hog", limits=Limits(memory_bytes=200 * 2**20)))
    assert raised.value.kind == "memory"
    assert (await children.run(render("write", text="x"))).value == {"bytes": 1}


async def test_a_child_that_uses_up_its_processor_time_is_timed_out(children, render):
    with pytest.raises(ChildFailed, match="processor time") as raised:
        await children.run(render("spin", limits=Limits(cpu_s=1, timeout_s=30)))
    assert raised.value.kind == "timeout"


async def test_a_file_over_its_cap_is_refused(children, render):
    with pytest.raises(Refused) as raised:
        await children.run(render("long_file", limits=Limits(file_bytes=5 * 2**20)))
    assert raised.value.code == "output_too_large"


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("segfault", "crashed", "SIGSEGV"),
        ("abort", "crashed", "SIGABRT"),
        ("kill_self", "killed", "from outside"),
        ("exit", "crashed", "status 0"),
        ("lie", "crashed", "no answer"),
    ],
)
async def test_a_child_that_dies_is_told_from_one_that_ends(children, render, name, kind, detail):
    with pytest.raises(ChildFailed, match=detail) as raised:
        await children.run(render(name))
    assert raised.value.kind == kind
    assert (await children.run(render("write", text="x"))).value == {"bytes": 1}


async def test_cancelling_a_task_kills_its_child_at_once(children, render):
    running, pid = await running_sleeper(children, render("sleep"))
    started = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not is_running(pid)
    assert time.monotonic() - started < 0.5  # 100 ms on a quiet machine; CI is not one


async def test_fifty_tasks_run_side_by_side(children, render):
    tasks = [render("write", text=str(number)) for number in range(50)]
    await asyncio.gather(*(children.run(task) for task in tasks))
    assert [Path(task.output).read_text() for task in tasks] == [str(n) for n in range(50)]


async def test_no_file_and_no_process_is_left_behind(children, render):
    async def ended_badly(name):
        with pytest.raises(ChildFailed):
            await children.run(render(name, limits=Limits(timeout_s=0.2)))

    await children.run(render("write"))
    server = children.server_pid
    before = open_files("self"), open_files(server)
    await asyncio.gather(*(children.run(render("write")) for _ in range(20)))
    await asyncio.gather(*map(ended_badly, ["segfault", "sleep", "lie"] * 3))
    assert (open_files("self"), open_files(server)) == before
    assert descendants(server) == []


async def test_a_fork_server_that_dies_is_replaced_and_its_tasks_may_be_retried(children, render):
    running, pid = await running_sleeper(children, render("sleep"))
    os.kill(children.server_pid, signal.SIGKILL)
    with pytest.raises(ChildFailed) as raised:
        await running
    assert raised.value.kind == "crashed"
    await until(lambda: not is_running(pid))
    results = await asyncio.gather(*(children.run(render("write", text="x")) for _ in range(3)))
    assert [done.value for done in results] == [{"bytes": 1}] * 3


async def test_closing_ends_server_and_children(render):
    children = Children([NODES])
    await children.start()
    server = children.server_pid
    running, pid = await running_sleeper(children, render("sleep"))
    await children.close()
    with pytest.raises(ChildFailed):
        await running
    assert not is_running(server)
    assert not is_running(pid)
    with pytest.raises(Unavailable):
        await children.run(render("write"))


async def test_a_weak_sandbox_still_denies_what_the_platform_can_deny(render):
    task = render("open_socket")
    async with Children([NODES], sandbox="weak") as children:
        await children.run(task)
    assert Path(task.output).read_text() == "PermissionError"


async def test_a_missing_scratch_folder_is_told_and_nothing_is_decoded(children, tmp_path):
    task = Task(kind="render", name="write", output=str(tmp_path / "missing" / "output"))
    with pytest.raises(Unavailable, match="missing") as raised:
        await children.run(task)
    assert raised.value.code == "unconfined"


async def test_children_need_no_start_and_a_busy_neighbour_survives_a_cancelled_one(render):
    children = Children([NODES])
    first = asyncio.create_task(children.run(render("write", text="1")))
    second = asyncio.create_task(children.run(render("write", text="2")))
    await until(lambda: children.server_pid is not None)
    first.cancel()
    assert (await second).value == {"bytes": 1}
    await children.close()


async def test_a_package_that_cannot_be_imported_is_named_at_the_start():
    with pytest.raises(Unavailable, match="no_such_package"):
        await Children(["no_such_package"]).start()


async def test_a_worker_killed_outright_leaves_no_server_and_no_child(tmp_path):
    program = textwrap.dedent("""
        import asyncio, sys
        from l1.workers.children import Children, Task

        async def main():
            async with Children([sys.argv[1]]) as children:
                task = Task(kind="render", name="sleep", output=sys.argv[2])
                await children.run(task, on_note=lambda note: print(note, flush=True))

        asyncio.run(main())
    """)
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, NODES, str(tmp_path / "output")),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        assert (await worker.stdout.readline()).startswith(b"pid ")
    family = descendants(worker.pid)
    assert len(family) == 2
    worker.kill()
    await worker.wait()
    await until(lambda: not any(map(is_running, family)), seconds=5)


async def test_a_trivial_task_takes_a_fraction_of_an_interpreter_start(children, render):
    took = []
    for _ in range(30):
        task = render("write")
        started = time.perf_counter()
        await children.run(task)
        took.append((time.perf_counter() - started) * 1000)
    assert statistics.median(took) < 100
