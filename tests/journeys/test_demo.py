"""The first thing that people try."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from l1.media.probing import probe
from l1.storage.identifier import Identifier
from tests.analyses.sounds import drums, hiss, write_wav
from tests.embedded.living import python_for, wait_for
from tests.journeys.command import ROOT, Home
from tests.media.making import make_video

NOBODY = 65534
STEPS = 8
"""Of `beat-cut`: an excerpt, four analyses and what joins them, a schedule, the pictures."""


def test_a_second_demo_finds_everything_done(home, ours):
    first = home.run("demo", *ours, "--json")
    second = home.run("demo", *ours, "--json")
    assert (first["status"], first["steps"], first["steps_cached"]) == ("completed", STEPS, 0)
    assert second["steps_cached"] == second["steps"] == STEPS
    assert second["output_cid"] == first["output_cid"]
    assert second["run_id"] != first["run_id"]
    assert first["verified"] is second["verified"] is True
    assert second["log_root"] != first["log_root"]
    for shown in (first, second):
        assert shown["tempo_bpm"] == pytest.approx(120, rel=0.001)
        assert shown["beats"] == 16
    assert home.processes == []


def test_the_output_is_the_file_that_its_cid_names_as_long_as_the_music(home, ours):
    file = Path(home.run("demo", *ours, "--json")["output_path"])
    with Identifier() as identifier:
        identifier.update(file.read_bytes())
        assert identifier.finish().cid == file.stem
    info = probe(file)
    assert (info.kind, info.problem) == ("video", "")
    assert info.audio
    assert (info.video.frames, info.video.rate_num) == (8 * 25, 25)


def test_music_is_heard_for_twelve_seconds_at_most(home, tmp_path, clip):
    music = write_wav(tmp_path / "long.wav", drums(90, 20))
    shown = home.run("demo", "--video", clip, "--audio", music, "--json")
    assert (shown["beats"], probe(Path(shown["output_path"])).video.frames) == (18, 12 * 25)


def test_a_person_is_told_what_happens(home, ours):
    process = home.start("demo", *ours)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    told = dict(line.split("  ", 1) for line in out.splitlines())
    assert told["beats"].strip() == "16"
    assert Path(told["output path"].strip()).is_file()
    assert "synced (beat_sync): 100 %" in err
    *_, verified, look = err.rstrip().splitlines()
    assert verified == "the output's bytes, its provenance and the whole log were verified"
    assert look.endswith(
        f"start `artdag up`, follow its link, then go to /run/{told['run id'].strip()}"
    )


@pytest.mark.storm
def test_what_cannot_be_shown_in_time_fails_as_a_run_each_time(home, tmp_path, clip, music):
    text = tmp_path / "no.mp4"
    text.write_text("this is no video")
    silence = write_wav(tmp_path / "silence.wav", hiss(3, gain=0))
    for video, audio, said in (
        (text, music, "input 'video' takes video"),
        (clip, silence, "found no beats in this music"),
    ):
        files = ("--video", video, "--audio", audio)
        for _ in range(2):  # the second time the files are known, and refused before they are run
            told = home.run("demo", *files, "--json", code=5)
            assert told["verified"] is False
            assert said in told["error"]
    assert "verified" not in home.run("demo", "--video", clip, "--audio", text, code=5)


def test_without_a_network_it_says_what_to_do(home, clip, ours):
    offline = {
        "PIP_INDEX_URL": "http://127.0.0.1:9",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    process = home.start("demo", "--video", clip, env=offline)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (75, "")
    assert err.rstrip().endswith("use a file of your own: artdag demo --audio FILE")
    assert home.run("demo", *ours, "--json", env=offline)["verified"]


@pytest.mark.real
def test_the_samples_are_a_real_video_and_a_real_song(home):
    shown = home.run("demo", "--json")
    assert shown["verified"]
    assert shown["tempo_bpm"] == pytest.approx(93, abs=0.1)
    assert shown["beats"] == 19
    again = home.run("demo", "--json", env={"PIP_INDEX_URL": "http://127.0.0.1:9"})
    assert again["output_cid"] == shown["output_cid"]


def test_two_homes_at_once_do_not_disturb_each_other(home, ours):
    other = Home(home.folder.with_name("other"))
    processes = [each.start("demo", *ours, "--json") for each in (home, other)]
    outputs = {
        process.communicate(timeout=180)[0].split('"output_cid": ')[1][:60] for process in processes
    }
    assert [process.returncode for process in processes] == [0, 0]
    assert len(outputs) == 1
    assert home.processes == other.processes == []


@pytest.mark.storm
def test_two_demos_at_once_share_a_home(home, ours):
    processes = [home.start("demo", *ours, "--json") for _ in range(2)]
    ends = [(*process.communicate(timeout=180), process.returncode) for process in processes]
    assert [code for _, _, code in ends] == [0, 0], ends
    assert home.processes == []


def test_a_demo_killed_while_it_renders_is_made_good_by_the_next(home, tmp_path, music):
    clip = make_video(tmp_path / "long.mp4", frames=75, size=(640, 360))
    ours = ("--video", clip, "--audio", music)
    killed = home.start("demo", *ours, env={"ARTDAG_LEASE_SECONDS": "2"})
    assert killed.stderr is not None
    for line in killed.stderr:
        if "synced (beat_sync): " in line:
            break
    killed.kill()
    killed.communicate()
    wait_for(lambda: not home.processes)
    after = home.run("demo", *ours, "--json", env={"ARTDAG_LEASE_SECONDS": "2"})
    undisturbed = Home(home.folder.with_name("other"))
    assert after["output_cid"] == undisturbed.run("demo", *ours, "--json")["output_cid"]
    assert after["verified"]


@pytest.fixture
def interruptible():
    """A shell makes what it starts in the background deaf to SIGINT, and that is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_demo_says_so_and_leaves_nothing(home, tmp_path, music):
    clip = make_video(tmp_path / "long.mp4", frames=150, size=(640, 360))
    process = home.start("demo", "--video", clip, "--audio", music)
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
def test_an_ordinary_user_can_do_it(clip, music):
    if python_for(NOBODY) != sys.executable or not _readable(ROOT / "l1" / "cli"):
        pytest.skip("this checkout or its Python cannot be read by other users")
    with tempfile.TemporaryDirectory(prefix="artdag-journey-") as name:
        folder = Path(name)
        video, audio = (shutil.copy(file, folder) for file in (clip, music))
        folder.chmod(0o755)
        (folder / "home").mkdir()
        os.chown(folder / "home", NOBODY, NOBODY)
        theirs = Home(folder / "home", uid=NOBODY)
        shown = theirs.run("demo", "--video", video, "--audio", audio, "--json")
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
