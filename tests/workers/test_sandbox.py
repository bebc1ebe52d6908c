"""What a child may not do, tried by real children under the real kernel."""

import os
import re
import socket
import struct
import sys
from pathlib import Path

import pytest

from l1.workers import sandbox
from l1.workers.children import Children, Limits, Task, TaskSource
from l1.workers.sandbox import landlock, seccomp, syscalls

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can sandbox")

X86_64, AARCH64 = 0xC000003E, 0xC00000B7
ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


@pytest.fixture
async def attempt(tmp_path):
    """Let a child try something and return how it ended: "done" or the name of the error."""
    async with Children(["tests.workers.nodes"]) as children:

        async def try_it(name, *sources, **params) -> str:
            scratch = tmp_path / "scratch"
            scratch.mkdir(exist_ok=True)
            output = scratch / "output"
            described = tuple(TaskSource(path=str(source)) for source in sources)
            limits = Limits(timeout_s=30)
            task = Task(
                kind="render",
                name=name,
                sources=described,
                params=params,
                output=str(output),
                limits=limits,
            )
            await children.run(task)
            return output.read_text()

        yield try_it


@pytest.fixture
def treasure(tmp_path) -> Path:
    """A file beside the scratch folder, of no concern to any child."""
    path = tmp_path / "treasure"
    path.write_text("gold")
    return path


@pytest.mark.parametrize("name", ["open_socket", "connect", "unix", "netlink", "pair"])
async def test_the_network_is_denied(attempt, name):
    assert await attempt(name) == "PermissionError"


async def test_no_name_is_looked_up(attempt):
    assert await attempt("resolve") == "gaierror"


async def test_nothing_arrives_at_a_listener_next_door(attempt):
    with (
        socket.create_server(("127.0.0.1", 0)) as calls,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as letters,
    ):
        letters.bind(calls.getsockname())
        for listener in (calls, letters):
            listener.setblocking(False)
        port = calls.getsockname()[1]
        assert await attempt("send", number=port) == "PermissionError"
        # It is FFmpeg that opens the address, which needs no Python.
        assert await attempt("open_url", number=port) != "done"
        with pytest.raises(BlockingIOError):
            calls.accept()
        with pytest.raises(BlockingIOError):
            letters.recv(1)


@pytest.mark.parametrize("name", ["execute", "subprocess", "spawn", "fork"])
async def test_programs_and_processes_are_denied(attempt, name):
    assert await attempt(name) == "PermissionError"


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/1/environ", "/proc/self/environ"])
async def test_files_nobody_gave_it_cannot_be_read(attempt, path):
    assert await attempt("read", path=path) == "PermissionError"


@pytest.mark.parametrize("path", ["/", "/etc", "/tmp", "/proc"])
async def test_folders_nobody_gave_it_cannot_be_listed(attempt, path):
    assert await attempt("list", path=path) == "PermissionError"


async def test_a_source_can_be_read_but_its_neighbour_cannot(attempt, tmp_path, treasure):
    source = tmp_path / "source"
    source.write_text("clay")
    assert await attempt("read", source, path=str(source)) == "done"
    assert await attempt("read", source, path=str(treasure)) == "PermissionError"


async def test_a_thousand_sources_can_be_read(attempt, tmp_path, treasure):
    sources = [tmp_path / f"source-{number}" for number in range(1000)]
    for source in sources:
        source.write_text("clay")
    assert await attempt("read", *sources, path=str(sources[-1])) == "done"
    assert await attempt("read", *sources, path=str(treasure)) == "PermissionError"


async def test_a_source_cannot_be_changed(attempt, treasure):
    before = treasure.stat()
    ways = ("write_file", "delete", "chmod", "truncate", "map", "reopen", "age", "mark")
    for name in ways:
        assert await attempt(name, treasure, path=str(treasure)) == "PermissionError", name
    for name in ("replace", "rename"):
        # EXDEV is how Landlock refuses to move across what it grants.
        assert await attempt(name, treasure, path=str(treasure)) in ("PermissionError", "OSError")
    assert treasure.read_text() == "gold"
    after = treasure.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert after.st_mtime_ns == before.st_mtime_ns


@pytest.mark.skipif(landlock.abi() < 3, reason="said to be open where Landlock is older")
async def test_a_source_cannot_be_cut_short_by_opening_it(attempt, treasure):
    assert await attempt("cut_short", treasure, path=str(treasure)) == "PermissionError"
    assert treasure.read_text() == "gold"


async def test_nothing_is_written_outside_the_scratch_folder(attempt, tmp_path, treasure):
    assert await attempt("write_file", path=str(tmp_path / "new")) == "PermissionError"
    assert await attempt("write_file", path=str(treasure)) == "PermissionError"
    assert await attempt("write_file", path=str(tmp_path / "scratch" / "new")) == "done"
    assert not (tmp_path / "new").exists()


async def test_no_link_in_the_scratch_folder_leads_out_of_it(attempt, treasure):
    assert await attempt("symlink") == "PermissionError"
    # EXDEV is how Landlock refuses to link across what it grants.
    assert await attempt("hard_link", path=str(treasure)) in ("PermissionError", "OSError")


async def test_the_code_that_children_run_can_be_read_but_not_changed(attempt):
    code = str(Path(sandbox.__file__))
    assert await attempt("read", path=code) == "done"
    assert await attempt("write_file", path=code) == "PermissionError"


async def test_other_processes_cannot_be_touched(attempt):
    assert await attempt("kill_other", number=os.getpid()) == "PermissionError"
    assert await attempt("limit_other", number=os.getpid()) == "PermissionError"


async def test_a_child_cannot_outlive_its_server_by_its_own_wish(attempt):
    assert await attempt("stay") == "PermissionError"


NEEDLESS = (
    "ptrace mount bpf keyctl io_uring_setup userfaultfd process_vm_readv unshare setns "
    "perf_event_open memfd_create open_by_handle_at setuid"
)


@pytest.mark.parametrize("name", NEEDLESS.split())
async def test_calls_that_decoding_never_needs_are_denied(attempt, name):
    assert await attempt("system_call", number=syscalls.number(name)) == "PermissionError"


async def test_clone3_does_not_exist_for_a_child(attempt):
    assert await attempt("system_call", number=syscalls.number("clone3")) == "OSError"


def test_this_platform_says_what_it_enforces():
    has, lacks = sandbox.enforced()
    assert any("no network" in line for line in has)
    assert not set(has) & set(lacks)


def test_an_old_kernel_is_said_to_leave_open_what_only_a_newer_one_keeps():
    assert landlock.missing(7) == ()
    assert landlock.missing(2)[0].startswith("a child can cut short a source")
    (files, *_) = landlock.missing(0)
    assert (
        files == "a child can open any file that this user can: that needs Landlock 1 (Linux 5.13)"
    )
    assert len(landlock.missing(4)) + len(landlock.enforced(4)) == len(landlock.enforced(6))


def run_filter(program, *, call, architecture, argument=0) -> int:
    """Run a filter program as the kernel would, on one call."""
    data = struct.pack("=IIQQ", call, architecture, 0, argument)
    position, loaded = 0, 0
    while True:
        code, if_true, if_false, value = program[position]
        position += 1
        match code:
            case 0x20:
                loaded = struct.unpack_from("=I", data, value)[0]
            case 0x06:
                return value
            case _:
                true = {
                    0x15: loaded == value,
                    0x35: loaded >= value,
                    0x45: bool(loaded & value),
                }[code]
                position += if_true if true else if_false


@pytest.mark.parametrize(("machine", "code"), [("x86_64", X86_64), ("aarch64", AARCH64)])
def test_the_filter_decides_alike_on_both_architectures(machine, code):
    program = seccomp.assemble(code, own_pid=42)

    def verdict(name, argument=0):
        call = syscalls.number(name, machine)
        return run_filter(program, call=call, architecture=code, argument=argument)

    for name in syscalls.ALWAYS_DENIED:
        assert syscalls.number(name, machine) < 0 or verdict(name) == EPERM
    assert verdict("clone3") == ENOSYS
    assert verdict("clone", 0x01200011) == EPERM  # fork
    assert verdict("clone", 0x003D0F00) == ALLOW  # a thread
    assert verdict("kill", 42) == ALLOW
    assert verdict("kill", 1) == verdict("tgkill", 41) == EPERM
    assert verdict("prlimit64", 0) == ALLOW
    assert verdict("prlimit64", 7) == EPERM
    assert verdict("prctl", 1) == EPERM
    assert verdict("prctl", 15) == ALLOW
    assert run_filter(program, call=0, architecture=code) == ALLOW


def test_a_call_of_another_architecture_kills():
    program = seccomp.assemble(X86_64, own_pid=42)
    assert run_filter(program, call=1, architecture=AARCH64) == KILL
    assert run_filter(program, call=1, architecture=0x40000003) == KILL  # 32-bit x86
    assert run_filter(program, call=0x40000000 | 41, architecture=X86_64) == KILL  # x32


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_the_call_numbers_are_those_of_the_kernel_headers(machine, header):
    if not Path(header).exists():
        pytest.skip("the kernel's headers are not installed")
    lines = re.finditer(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(header).read_text())
    official = {line[1]: int(line[2]) for line in lines}
    # Calls newer than the headers cannot be compared; calls a machine lacks are -1 here.
    for name in (
        *syscalls.ALWAYS_DENIED,
        "clone",
        "clone3",
        "kill",
        "tgkill",
        "prlimit64",
        "prctl",
    ):
        ours = syscalls.number(name, machine)
        assert official.get(name, ours) == ours
