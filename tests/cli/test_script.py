"""The script at the root, with a Python that only pretends to install."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NOBODY = 65534

PRETENDER = """#!/bin/sh
# Makes an environment whose programs write down what they were asked.
case "$*" in
    "-c import venv, ensurepip") exit ${NO_VENV:-0} ;;
    "-c "*) exec python3 "$@" ;;
    "-m venv "*)
        mkdir -p "$3/bin" "$3/lib/python3.11/site-packages"
        cp "${0%/*}/environment" "$3/bin/python"
        cp "${0%/*}/environment" "$3/bin/pip" ;;
esac
"""
ENVIRONMENT = """#!/bin/sh
case "$*" in
    "-c "*) exec python3 "$@" ;;
    "-I -m pip install "*) echo installed >>"$LOG"; sleep 0.2; exit ${PIP_FAILS:-0} ;;
    *) printf '%s\\n' "in $PWD" "$@" ;;
esac
"""


class Checkout:
    """A copy of the script in a folder of its own, with locks that need nothing."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "check out"
        self.home = folder / "home"
        self.bin = folder / "bin"
        self.log = folder / "log"
        for made in (self.root, self.home, self.bin):
            made.mkdir()
        shutil.copy(ROOT / "artdag", self.root / "artdag")
        for lock in ("requirements.lock", "requirements-dev.lock"):
            (self.root / lock).write_text(f"# {lock}\n")
        self.program("pretender", PRETENDER)
        self.program("environment", ENVIRONMENT)
        self.program("apt-get", "#!/bin/sh\n")

    def program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def start(self, *words: str, cwd: Path = Path("/"), uid: int | None = None, **environment: str):
        return subprocess.Popen(
            [environment.pop("script", str(self.root / "artdag")), *words],
            cwd=cwd,
            env={
                "HOME": str(self.home),
                "PATH": f"{self.bin}:{os.defpath}",
                "PYTHON": str(self.bin / "pretender"),
                "LOG": str(self.log),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
        )

    def run(self, *words: str, **how):
        process = self.start(*words, **how)
        out, err = process.communicate(timeout=60)
        return process.returncode, out.splitlines(), err

    @property
    def installations(self) -> int:
        return self.log.read_text().count("installed") if self.log.exists() else 0


@pytest.fixture
def checkout():
    with tempfile.TemporaryDirectory(prefix="artdag-script-") as name:
        Path(name).chmod(0o755)
        yield Checkout(Path(name))


def test_it_runs_where_it_is_called_with_the_words_it_is_given(checkout, tmp_path):
    code, out, _ = checkout.run("get", "two words", "", cwd=tmp_path)
    assert code == 0
    assert out == [f"in {tmp_path}", "-I", "-m", "l1.cli", "get", "two words", ""]


def test_it_finds_itself_behind_links(checkout, tmp_path):
    (tmp_path / "one").symlink_to(checkout.root / "artdag")
    (tmp_path / "two").symlink_to("one")
    code, out, _ = checkout.run("ls", script=str(tmp_path / "two"))
    assert (code, out[-1]) == (0, "ls")
    assert (checkout.root / ".venv").is_dir()


def test_it_installs_once(checkout):
    _, _, first = checkout.run("ls")
    _, _, second = checkout.run("ls")
    assert "first use" in first
    assert second == ""
    assert checkout.installations == 1


def test_two_first_uses_at_once_install_once(checkout):
    processes = [checkout.start("ls") for _ in range(3)]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert checkout.installations == 1


def test_it_installs_again_when_the_lock_has_changed(checkout):
    checkout.run("ls")
    (checkout.root / "requirements.lock").write_text("# another\n")
    checkout.run("ls")
    assert checkout.installations == 2


def test_it_installs_again_when_the_checkout_has_moved(checkout):
    checkout.run("ls")
    moved = checkout.root.with_name("elsewhere")
    checkout.root.rename(moved)
    code, _, _ = checkout.run("ls", script=str(moved / "artdag"))
    assert code == 0
    assert (
        moved / ".venv/lib/python3.11/site-packages/artdag-checkout.pth"
    ).read_text() == f"{moved}\n"


def test_tests_need_what_developers_need_and_the_rest_is_content_with_it(checkout):
    checkout.run("test")
    assert (checkout.root / ".venv/requirements-dev.lock").is_file()
    checkout.run("ls")
    assert checkout.installations == 1


def test_after_a_failed_installation_the_next_start_tries_again(checkout):
    code, _, err = checkout.run("ls", PIP_FAILS="1")
    assert code == 1
    assert "tries again" in err
    code, _, _ = checkout.run("ls")
    assert code == 0


def test_what_is_missing_is_named_with_the_line_that_installs_it(checkout):
    code, _, err = checkout.run("ls", NO_VENV="1")
    assert code == 1
    assert "apt-get install -y pretender pretender-venv" in err


def test_a_machine_without_python_is_told_the_line_that_installs_it(checkout, tmp_path):
    for name in ("sh", "printf", "cat", "cmp", "readlink"):
        (tmp_path / name).symlink_to(shutil.which(name))
    (tmp_path / "apt-get").symlink_to(checkout.bin / "apt-get")
    code, _, err = checkout.run("ls", PATH=str(tmp_path), PYTHON="")
    assert code == 1
    assert "Install it: apt-get install -y python3 python3-venv" in err


def test_an_unfit_python_is_refused_by_name(checkout):
    code, _, err = checkout.run("ls", PYTHON="/bin/true-not-there")
    assert code == 1
    assert "PYTHON=/bin/true-not-there is not a program" in err
    code, _, err = checkout.run("ls", PYTHON="/bin/false")
    assert code == 1
    assert "not Python 3.11" in err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("by", ["home", "ARTDAG_HOME"])
def test_a_checkout_that_cannot_be_written_gets_its_environment_elsewhere(checkout, by):
    os.chown(checkout.home, NOBODY, NOBODY)
    checkout.log.touch()
    os.chown(checkout.log, NOBODY, NOBODY)
    node = checkout.home / "node"
    code, out, err = checkout.run(
        "ls", uid=NOBODY, **({"ARTDAG_HOME": str(node)} if by == "ARTDAG_HOME" else {})
    )
    assert (code, out[-1]) == (0, "ls"), err
    assert not (checkout.root / ".venv").exists()
    expected = (
        [node / "venv"] if by == "ARTDAG_HOME" else (checkout.home / ".cache/artdag").iterdir()
    )
    assert all((place / "bin/python").exists() for place in expected)
    checkout.run("ls", uid=NOBODY, **({"ARTDAG_HOME": str(node)} if by == "ARTDAG_HOME" else {}))
    assert checkout.installations == 1
