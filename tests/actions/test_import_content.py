"""Files of this machine: taken in from where it was allowed, refused from anywhere else."""

import pytest

from l1.actions.import_content import _allowed, _open, import_content
from l1.errors import NotFound, Refused
from tests.running.node import ME


async def take(node, path, *roots):
    return await import_content(node.services, ME, str(path), roots=roots)


@pytest.fixture
def folders(tmp_path):
    allowed, outside = tmp_path / "allowed", tmp_path / "outside"
    for folder in (allowed, outside):
        folder.mkdir()
        (folder / "file.txt").write_text(f"in {folder.name}")
    (allowed / "inner").mkdir()
    return allowed, outside


async def test_a_file_below_a_root_is_stored_under_its_name(node, folders):
    allowed, _ = folders
    identity, appended = await take(node, allowed / "inner" / ".." / "file.txt", allowed)
    await node.services.views.wait_for("content", appended.last)
    assert await node.services.store.read(identity.cid) == b"in allowed"
    assert (allowed / "file.txt").exists()


async def test_a_path_outside_the_roots_is_refused_file_or_not(node, folders):
    allowed, outside = folders
    (allowed / "link.txt").symlink_to(outside / "file.txt")
    (allowed / "way").symlink_to(outside)
    for path in (
        outside / "file.txt",
        outside / "nothing.txt",
        allowed / ".." / "outside" / "file.txt",
        allowed / "link.txt",
        allowed / "way" / "file.txt",
        f"{allowed}-not/file.txt",
    ):
        with pytest.raises(Refused) as refusal:
            await take(node, path, allowed)
        assert refusal.value.code == "forbidden", path


async def test_a_link_put_in_the_way_after_the_look_leads_nowhere(folders):
    allowed, outside = folders
    assert _allowed(str(allowed / "inner" / "file.txt"), [allowed]) == (
        allowed,
        allowed / "inner" / "file.txt",
    )
    (allowed / "inner").rmdir()
    (allowed / "inner").symlink_to(outside)
    with pytest.raises(NotFound):
        _open(allowed, allowed / "inner" / "file.txt")


async def test_a_path_that_no_file_can_have_is_refused(node, folders):
    allowed, _ = folders
    (allowed / "circle").symlink_to("circle")
    for path, code in ((allowed / "circle", "bad_query"), (allowed / ("x" * 5000), "not_found")):
        with pytest.raises(Refused) as refusal:
            await take(node, path, allowed)
        assert refusal.value.code == code


async def test_what_is_no_file_is_not_found_and_a_relative_path_is_refused(node, folders):
    allowed, _ = folders
    for path in (allowed / "nothing.txt", allowed / "inner", allowed):
        with pytest.raises(NotFound):
            await take(node, path, allowed)
    for path in ("file.txt", "", "a\0b"):
        with pytest.raises(Refused) as refusal:
            await take(node, path, allowed)
        assert refusal.value.code == "bad_query"
