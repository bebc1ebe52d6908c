import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from l1.secrets.once import made_once

KILLED = """
import os, pathlib, signal, sys
from l1.secrets.once import made_once
made_once(pathlib.Path(sys.argv[1]), lambda: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_what_is_there_is_not_made_again(tmp_path):
    file = tmp_path / "key"
    assert made_once(file, lambda: b"first") == b"first"
    assert made_once(file, lambda: b"second") == b"first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_all_who_come_at_once_are_given_the_same(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        for turn in range(50):
            start, file = Barrier(8), tmp_path / f"key-{turn}"

            def come(number, start=start, file=file):
                start.wait()
                return made_once(file, lambda: b"%d" % number * 32)

            assert len(set(threads.map(come, range(8)))) == 1
    assert len(list(tmp_path.iterdir())) == 50


def test_a_kill_while_it_is_made_leaves_none(tmp_path):
    file = tmp_path / "key"
    killed = subprocess.run([sys.executable, "-c", KILLED, file], check=False)
    assert killed.returncode < 0
    assert not file.exists()
    assert made_once(file, lambda: b"whole") == b"whole"


def test_what_killed_makers_left_is_cleared_away_after_a_while(tmp_path):
    file = tmp_path / "key"
    made_once(file, lambda: b"first")
    old, young = tmp_path / ".key.abandoned", tmp_path / ".key.underway"
    for unfinished in (old, young):
        unfinished.touch()
    then = time.time() - 3601
    os.utime(old, (then, then))
    assert made_once(file, lambda: b"second") == b"first"
    assert sorted(tmp_path.iterdir()) == [young, file]
