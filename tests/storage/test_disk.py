"""Disks that fail for real: a tiny filesystem of its own, and the system's file size limit."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from l1.errors import Unavailable
from l1.storage import disk
from l1.storage.local import LocalStore

ROOT = Path(__file__).parents[2]

PUT_TOO_MUCH = """
import pathlib, sys
from l1.errors import Unavailable
from l1.storage.local import LocalStore

root = pathlib.Path(sys.argv[1]) / "store"
store = LocalStore(root)
with store.receive() as incoming:
    incoming.write(b"small")
    small = incoming.commit().cid
try:
    with store.receive() as incoming:
        for _ in range(8):
            incoming.write(bytes(1 << 20))
        incoming.commit()
except Unavailable as error:
    print(error.code, "|", error.message)
assert [path.name for path in root.rglob("*") if path.is_file()] == [small], "something was left"
assert store.verify(small)
with store.receive() as incoming:
    incoming.write(bytes(1 << 20))
    print(incoming.commit().size)
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_full_disk_is_reported_and_leaves_nothing_behind(tmp_path: Path) -> None:
    alone = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    mount = 'mount -t tmpfs -o size=4m tiny "$0"'
    if sys.platform != "linux" or run(*alone, mount, str(tmp_path)).returncode:
        pytest.skip("this machine lets nobody mount a small filesystem")
    command = mount + ' && exec "$1" -c "$2" "$0"'
    outcome = run(*alone, command, str(tmp_path), sys.executable, PUT_TOO_MUCH)
    assert outcome.stderr == ""
    said, then_put = outcome.stdout.splitlines()
    assert said.startswith(f"disk_full | The disk that holds {tmp_path}/store is full: free some")
    assert then_put == "1048576"


def test_a_file_that_the_system_will_not_let_grow_leaves_nothing_behind(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2500000, 2500000))\n"
    outcome = run(sys.executable, "-c", limit + PUT_TOO_MUCH, str(tmp_path))
    assert outcome.stderr == ""
    said, then_put = outcome.stdout.splitlines()
    assert said.startswith("storage_failed | The store at ")
    assert then_put == "1048576"


def test_a_root_that_cannot_be_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="cannot be used") as failure:
        LocalStore(tmp_path / "file" / "store")
    assert failure.value.code == "storage_failed"


def test_every_byte_goes_through_a_pipe_smaller_than_the_data() -> None:
    reader, writer = os.pipe()
    data = os.urandom(1 << 20)
    got: list[bytes] = []
    with os.fdopen(reader, "rb") as end:
        thread = threading.Thread(target=lambda: got.append(end.read()))
        thread.start()
        disk.write_all(writer, data)
        os.close(writer)
        thread.join()
    assert got == [data]
