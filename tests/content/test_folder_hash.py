"""The hash of a folder of an effect, as the first registry made it."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from l1.content.folder_hash import folder_hash

NAMES = st.text("ab-./é", min_size=1, max_size=6).filter(lambda name: "//" not in name)
FOLDERS = st.dictionaries(NAMES, st.binary(max_size=8), max_size=4)


def test_a_folder_is_hashed_as_paths_and_bytes_in_order():
    files = {"b.txt": b"two", "a/c.txt": b"", "a.txt": b"one"}
    expected = hashlib.sha3_256(b"a/c.txt" + b"a.txt" + b"one" + b"b.txt" + b"two").hexdigest()
    assert folder_hash(files) == expected


def test_a_folder_without_files_is_the_hash_of_nothing():
    assert folder_hash({}) == hashlib.sha3_256().hexdigest()


def test_one_file_is_its_name_and_its_bytes():
    assert folder_hash({"effect.py": b"pass\n"}) == hashlib.sha3_256(b"effect.pypass\n").hexdigest()


@given(FOLDERS)
def test_the_order_in_which_files_are_found_does_not_matter(files):
    assert folder_hash(files) == folder_hash(dict(reversed(files.items())))
