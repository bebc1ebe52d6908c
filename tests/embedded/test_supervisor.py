"""The supervisor: restarts what dies, stops all in order, leaves nothing behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from l1.embedded.child import Program
from l1.embedded.supervisor import Supervisor
from tests.embedded.living import is_alive, script, wait_for

FAMILY = """
import subprocess, sys, time
from pathlib import Path
child = subprocess.Popen(["sleep", "600"])
Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""
NOTE_END = """
import signal, sys
from pathlib import Path
def end(*_):
    with Path(sys.argv[1]).open("a") as notes: notes.write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, end)
Path(sys.argv[1] + sys.argv[2]).touch()
while True: signal.pause()
"""
DEAF = """
import os, signal, sys
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(sys.argv[1]).with_suffix(".new").write_text(str(os.getpid()))
Path(sys.argv[1]).with_suffix(".new").rename(sys.argv[1])
while True: signal.pause()
"""
SUPERVISE = """
    import asyncio, sys
    from l1.embedded.child import Program
    from l1.embedded.supervisor import Supervisor

    program = Program(name="deaf", argv=[sys.executable, "-c", sys.argv[1], sys.argv[2]],
                      pipe=sys.argv[3] == "pipe")
    supervisor = Supervisor([[program]])

    async def tell():
        while supervisor.states[0].pid is None:
            await asyncio.sleep(0.01)
        print(supervisor.states[0].pid, flush=True)

    async def main():
        telling = asyncio.create_task(tell())
        await supervisor.run()
        print("stopped", flush=True)

    asyncio.run(main())
"""


def python(name: str, source: str, *args: object, grace: float = 10.0) -> Program:
    argv = [sys.executable, "-c", source, *map(str, args)]
    return Program(name=name, argv=argv, grace=grace)


def test_a_program_that_dies_is_started_again() -> None:
    supervisor = Supervisor([[Program(name="sleeper", argv=["sleep", "600"])]])
    supervisor.start()
    try:
        wait_for(lambda: supervisor.states[0].pid)
        first = supervisor.states[0].pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: supervisor.states[0].pid not in (None, first))
        assert supervisor.states[0].deaths == 1
    finally:
        supervisor.stop()
    assert supervisor.states[0].pid is None


def test_a_program_that_cannot_run_is_tried_again_ever_more_slowly() -> None:
    supervisor = Supervisor([[Program(name="absent", argv=["/no/such/program"])]])
    supervisor.start()
    wait_for(lambda: supervisor.states[0].deaths == 2)
    supervisor.stop()
    assert supervisor.states[0].pid is None


def test_groups_stop_in_reverse_order(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    groups = [[python(name, NOTE_END, notes, name)] for name in "abc"]
    supervisor = Supervisor(groups)
    supervisor.start()
    for name in "abc":
        wait_for(Path(f"{notes}{name}").exists)
    supervisor.stop()
    assert notes.read_text() == "cba"


def test_the_whole_process_group_ends(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    supervisor = Supervisor([[python("family", FAMILY, note)]])
    supervisor.start()
    wait_for(lambda: note.exists() and note.read_text())
    supervisor.stop()
    wait_for(lambda: not is_alive(int(note.read_text())))


def test_a_program_that_ignores_the_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    supervisor = Supervisor([[python("deaf", DEAF, tmp_path / "ready", grace=0.2)]])
    supervisor.start()
    wait_for((tmp_path / "ready").exists)
    pid = supervisor.states[0].pid
    supervisor.stop()
    assert pid is not None
    assert not is_alive(pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_all_and_a_second_one_does_not_wait(
    tmp_path: Path, number: signal.Signals
) -> None:
    ready = tmp_path / "ready"
    with script(SUPERVISE, DEAF, ready, "death") as process:
        assert process.stdout is not None
        pid = int(await asyncio.to_thread(process.stdout.readline))
        await asyncio.to_thread(wait_for, ready.exists)
        process.send_signal(number)
        # The first signal is answered by asking the program, which ignores it.
        while process.poll() is None:
            process.send_signal(number)
            await asyncio.sleep(0.1)
        assert "stopped" in await asyncio.to_thread(process.stdout.read)
        assert not is_alive(pid)


@pytest.mark.parametrize("tie", ["death", "pipe"])
async def test_a_killed_supervisor_takes_its_programs_along(tmp_path: Path, tie: str) -> None:
    ready = tmp_path / "ready"
    with script(SUPERVISE, DEAF, ready, tie) as process:
        assert process.stdout is not None
        kept = int(await asyncio.to_thread(process.stdout.readline))
        await asyncio.to_thread(wait_for, ready.exists)
        process.kill()
        program = int(ready.read_text())  # tied by a pipe, it is the child of the one we know
        await asyncio.to_thread(wait_for, lambda: not is_alive(program) and not is_alive(kept))
