"""Where commands write what they are asked for."""

import os

import pytest

from l1.cli.running import check_folder
from l1.errors import Refused


def test_a_new_file_and_one_that_is_there_can_be_written(tmp_path):
    (tmp_path / "old").write_text("old")
    for output in (None, tmp_path / "new", tmp_path / "old"):
        check_folder(output)


def test_what_is_no_plain_file_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for output in (tmp_path / "pipe", tmp_path / "folder", tmp_path / "missing" / "file"):
        with pytest.raises(Refused, match=str(output.parent)):
            check_folder(output)
