import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.canonical import canonical
from l1.content.cid import Cid
from l1.content.pieces import Pieces, PlayedPiece

CIDS = st.text("abcdefgh234567", min_size=1, max_size=9).map(Cid)
PIECES = st.builds(
    Pieces,
    header=CIDS | st.just(Cid("")),
    pieces=st.lists(
        st.builds(PlayedPiece, cid=CIDS, length_us=st.integers(0, 2**40)), max_size=5
    ).map(tuple),
)


@given(pieces=PIECES)
def test_pieces_are_read_back_as_they_were_written(pieces):
    assert Pieces.from_json(pieces.to_json()) == pieces


def test_equal_pieces_are_equal_content():
    made = Pieces(header=Cid("h"), pieces=(PlayedPiece(cid=Cid("p"), length_us=2_000_000),))
    assert made.to_json() == canonical(
        {"pieces": [{"length_us": 2_000_000, "cid": "p"}], "header": "h"}
    )


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"header": "", "pieces": [{}]}', b"\xff\0", b"{" * 5000]
)
def test_what_is_no_list_of_pieces_is_refused(data):
    with pytest.raises(ValueError, match=r"."):
        Pieces.from_json(data)


@given(data=st.binary(max_size=60))
def test_no_bytes_make_another_error(data):
    try:
        Pieces.from_json(data)
    except ValueError:
        return
