import hashlib
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.content.unixfs import UnixFs
from l1.storage.identifier import Identifier


def hashing_threads() -> int:
    return sum(thread.name.startswith("sha3") for thread in threading.enumerate())


@settings(max_examples=30, deadline=None)
@given(size=st.integers(0, 3 << 20), piece=st.sampled_from([999, 65536, 1 << 20, 4 << 20]))
def test_one_pass_gives_both_names_and_the_size(size: int, piece: int) -> None:
    data = random.Random(size).randbytes(size)
    with Identifier() as identifier:
        for at in range(0, size, piece):
            identifier.update(data[at : at + piece])
        identity = identifier.finish()
    unixfs = UnixFs()
    unixfs.update(data)
    assert identity.cid == unixfs.cid()
    assert identity.content_hash == hashlib.sha3_256(data).hexdigest()
    assert identity.size == size


def test_the_second_thread_starts_for_big_content_only_and_ends_with_the_context() -> None:
    with Identifier() as identifier:
        identifier.update(bytes(1000))
        assert hashing_threads() == 0
        identifier.update(bytes(1 << 20))
        assert hashing_threads() == 1
    assert hashing_threads() == 0


def test_an_error_on_the_way_ends_the_second_thread() -> None:
    def fail() -> None:
        with Identifier() as identifier:
            identifier.update(bytes(1 << 20))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert hashing_threads() == 0
