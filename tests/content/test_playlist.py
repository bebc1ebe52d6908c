from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.cid import Cid
from l1.content.playlist import Played, named_in, of_track, of_tracks, place_of

HEADER = Cid("bafkreiheader")


def played(*seconds):
    return [Played(cid=Cid(f"bafkrei{n}"), seconds=each) for n, each in enumerate(seconds)]


def test_a_track_at_29_97_says_exactly_how_long_its_segments_play():
    rate = Fraction(30000, 1001)
    seconds = [60 / rate, 60 / rate, 30 / rate]
    assert of_track(HEADER, played(*seconds), longest=60 / rate, complete=True) == (
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:3\n#EXT-X-PLAYLIST-TYPE:EVENT\n"
        '#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI="/cache/bafkreiheader/raw.mp4"\n'
        "#EXTINF:2.002000,\n/cache/bafkrei0/raw.m4s\n#EXTINF:2.002000,\n/cache/bafkrei1/raw.m4s\n"
        "#EXTINF:1.001000,\n/cache/bafkrei2/raw.m4s\n#EXT-X-ENDLIST\n"
    )


def test_what_a_playlist_names_can_be_read_from_it():
    pieces = played(Fraction(2), Fraction(2))
    text = of_track(HEADER, pieces, longest=Fraction(2), complete=True)
    assert named_in(text) == (HEADER, *(each.cid for each in pieces))
    lists = [place_of(Cid(cid), "m3u8") for cid in ("p", "s")]
    assert sorted(named_in(of_tracks(*lists, bits_per_second=1))) == ["p", "s"]


@pytest.mark.parametrize(
    "seconds", [Fraction(2), Fraction(1, 3), Fraction(2002, 1000), Fraction(7)]
)
def test_a_track_that_goes_on_has_no_end(seconds):
    text = of_track(HEADER, played(seconds), longest=seconds, complete=False)
    assert "ENDLIST" not in text
    assert text.endswith("/cache/bafkrei0/raw.m4s\n")


@given(
    lengths=st.lists(st.fractions(Fraction(1, 1000), 100, max_denominator=30000), min_size=1),
    shown=st.integers(1, 50),
    complete=st.booleans(),
)
def test_a_longer_list_begins_as_the_shorter_did_and_no_piece_exceeds_its_target(
    lengths, shown, complete
):
    """RFC 8216, 6.2.1 and 4.3.3.1: what a player has read stays true."""
    shown = min(shown, len(lengths))
    longest = max(lengths)
    early = of_track(HEADER, played(*lengths[:shown]), longest=longest, complete=False)
    late = of_track(HEADER, played(*lengths), longest=longest, complete=complete)
    assert late.startswith(early)
    target = int(late.split("TARGETDURATION:")[1].split()[0])
    times = [Fraction(part.split(",")[0]) for part in late.split("#EXTINF:")[1:]]
    assert len(times) == len(lengths)
    for written, exact in zip(times, lengths, strict=True):
        assert abs(written - exact) <= Fraction(1, 2_000_000)
        assert round(written) <= target


def test_pictures_and_sound_are_played_together():
    text = of_tracks("/p", "/s", bits_per_second=1000)
    assert text.splitlines()[-2:] == ['#EXT-X-STREAM-INF:BANDWIDTH=1000,AUDIO="sound"', "/p"]
    assert 'TYPE=AUDIO,GROUP-ID="sound"' in text
    assert 'URI="/s"' in text


def test_a_piece_is_found_by_its_cid():
    assert place_of(Cid("bafkreix"), "m4s") == "/cache/bafkreix/raw.m4s"
