import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.nal import to_lengths, to_start_codes

CODES = st.sampled_from([b"\0\0\1", b"\0\0\0\1"])


def is_unit(data: bytes) -> bool:
    """Nothing in a unit looks like a start code, and it ends in no zero (H.264, 7.4.1)."""
    return b"\0\0\1" not in data and b"\0\0\0" not in data and data[-1:] != b"\0"


UNITS = st.lists(st.binary(min_size=1, max_size=40).filter(is_unit), max_size=6)


@given(units=UNITS, data=st.data())
def test_the_units_are_the_same_in_both_ways_of_writing(units, data):
    codes = [data.draw(CODES) for _ in units]
    written = b"".join(code + unit for code, unit in zip(codes, units, strict=True))
    lengths = to_lengths(written)
    assert lengths == b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    assert to_start_codes(lengths) == b"".join(b"\0\0\0\1" + unit for unit in units)
    assert to_lengths(to_start_codes(lengths)) == lengths


@given(data=st.binary(max_size=60))
def test_lengths_that_lead_beyond_the_end_are_refused(data):
    try:
        codes = to_start_codes(data)
    except ValueError:
        return
    assert len(codes) == len(data)


def test_half_a_unit_is_refused():
    whole = to_lengths(b"\0\0\0\1abcdef")
    for end in range(1, len(whole)):
        with pytest.raises(ValueError, match="cut short"):
            to_start_codes(whole[:end])
