"""The first thing that people try."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from l1.storage.identifier import Identifier
from tests.embedded.living import python_for, wait_for
from tests.journeys.command import ROOT, Home
from tests.media.making import make_video

NOBODY = 65534


def test_a_second_demo_finds_everything_done(home, clip):
    first = home.run("demo", "--video", clip, "--json")
    second = home.run("demo", "--video", clip, "--json")
    assert (first["status"], first["steps"], first["steps_cached"]) == ("completed", 1, 0)
    assert second["steps_cached"] == second["steps"]
    assert second["output_cid"] == first["output_cid"]
    assert second["run_id"] != first["run_id"]
    assert first["verified"] is second["verified"] is True
    assert second["log_root"] != first["log_root"]
    assert home.processes == []


def test_the_output_is_the_file_that_its_cid_names(home, clip):
    shown = home.run("demo", "--video", clip, "--json")
    with Identifier() as identifier:
        identifier.update(Path(shown["output_path"]).read_bytes())
        assert identifier.finish().cid == shown["output_cid"]


def test_a_person_is_told_what_happens(home, clip):
    process = home.start("demo", "--video", clip)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "output cid" in out
    assert "dog: 100 %" in err
    assert err.rstrip().endswith(
        "the output's bytes, its provenance and the whole log were verified"
    )


def test_a_demo_that_cannot_be_rendered_fails_as_a_run_each_time(home, tmp_path):
    text = tmp_path / "no.mp4"
    text.write_text("this is no video")
    for _ in range(2):  # the second time it is known, and refused before there is a run
        told = home.run("demo", "--video", text, "--json", code=5)
        assert (told["verified"], bool(told["error"])) == (False, True)
    assert "verified" not in home.run("demo", "--video", text, code=5)


def test_two_homes_at_once_do_not_disturb_each_other(home, clip):
    other = Home(home.folder.with_name("other"))
    processes = [each.start("demo", "--video", clip, "--json") for each in (home, other)]
    outputs = {
        process.communicate(timeout=180)[0].split('"output_cid": ')[1][:60] for process in processes
    }
    assert [process.returncode for process in processes] == [0, 0]
    assert len(outputs) == 1
    assert home.processes == other.processes == []


def test_two_demos_at_once_share_a_home(home, clip):
    processes = [home.start("demo", "--video", clip, "--json") for _ in range(2)]
    ends = [(*process.communicate(timeout=180), process.returncode) for process in processes]
    assert [code for _, _, code in ends] == [0, 0], ends
    assert home.processes == []


def test_a_demo_killed_while_it_renders_is_made_good_by_the_next(home, tmp_path):
    clip = make_video(tmp_path / "long.mp4", frames=250, size=(640, 360))
    killed = home.start("demo", "--video", clip, env={"ARTDAG_LEASE_SECONDS": "2"})
    assert killed.stderr is not None
    for line in killed.stderr:
        if "25 %" in line:
            break
    killed.kill()
    killed.communicate()
    wait_for(lambda: not home.processes)
    after = home.run("demo", "--video", clip, "--json", env={"ARTDAG_LEASE_SECONDS": "2"})
    undisturbed = Home(home.folder.with_name("other"))
    assert after["output_cid"] == undisturbed.run("demo", "--video", clip, "--json")["output_cid"]
    assert after["verified"]


@pytest.fixture
def interruptible():
    """A shell makes what it starts in the background deaf to SIGINT, and that is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_demo_says_so_and_leaves_nothing(home, tmp_path):
    clip = make_video(tmp_path / "long.mp4", frames=750, size=(640, 360))
    process = home.start("demo", "--video", clip)
    assert process.stderr is not None
    run_id = process.stderr.readline().split()[-1]
    for line in process.stderr:
        if "running" in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"artdag watch {run_id}" in err
    assert "when a worker runs" in err
    assert home.processes == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_can_do_it(clip):
    if python_for(NOBODY) != sys.executable or not _readable(ROOT / "l1" / "cli"):
        pytest.skip("this checkout or its Python cannot be read by other users")
    with tempfile.TemporaryDirectory(prefix="artdag-journey-") as name:
        folder = Path(name)
        shutil.copy(clip, folder / "clip.mp4")
        folder.chmod(0o755)
        (folder / "home").mkdir()
        os.chown(folder / "home", NOBODY, NOBODY)
        theirs = Home(folder / "home", uid=NOBODY)
        shown = theirs.run("demo", "--video", folder / "clip.mp4", "--json")
        assert shown["verified"]
        assert theirs.processes == []


def _readable(path: Path) -> bool:
    tried = subprocess.run(
        ["/usr/bin/test", "-r", str(path)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        check=False,
    )
    return tried.returncode == 0
