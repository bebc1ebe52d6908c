"""Fragments as they are read back by us, and by libav, which knows nothing of who wrote them."""

from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.fragments import Coded, pack, timescale_of, unpack, with_zero, zero_of
from l1.media.segments import render_segment, render_sound, segment_count
from tests.media.filming import film_of, opened_film
from tests.media.making import make_video, packets_of

LATE = st.integers(-(2**31), 2**31 - 1)
UINT = st.integers(0, 2**32 - 1)


@st.composite
def packets(draw):
    """Packets in a row: each is decoded when the one before has ended."""
    at, made = draw(st.integers(0, 2**40)), []
    for data in draw(st.lists(st.binary(max_size=30), min_size=1, max_size=6)):
        duration = draw(UINT)
        made.append(
            Coded(
                data=data,
                dts=at,
                pts=at + draw(LATE),
                duration=duration,
                is_key=draw(st.booleans()),
            )
        )
        at += duration
    return made


@given(made=packets(), number=st.integers(1, 2**32 - 1))
def test_packets_are_read_back_as_they_were_written(made, number):
    assert list(unpack(pack(made, number=number))) == made


@given(made=packets(), data=st.data())
def test_a_fragment_cut_anywhere_is_refused(made, data):
    whole = pack(made, number=1)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(ValueError, match="fragment"):
        list(unpack(cut))


@given(made=packets(), data=st.data())
def test_a_damaged_fragment_is_read_or_refused_and_never_anything_else(made, data):
    whole = bytearray(pack(made, number=1))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = list(unpack(bytes(whole)))
    except ValueError:
        return
    assert sum(len(each.data) for each in read) <= len(whole)


@given(data=st.binary(max_size=80))
def test_no_bytes_at_all_make_another_error(data):
    for read in (timescale_of, zero_of, lambda given: with_zero(given, 1), lambda d: [*unpack(d)]):
        with pytest.raises(ValueError, match="fragment"):
            read(data)


@pytest.mark.parametrize("rate", [24, 25, 50, 60, 1, Fraction(30000, 1001), Fraction(12, 7)])
def test_libav_reads_header_and_fragments_at_exact_times(tmp_path, rate):
    frames = max(4, int(5 * rate)) + 1
    with opened_film(tmp_path, rate=rate, frames=frames) as film:
        assert film.rate == rate
        pieces = [render_segment(film, n, lambda _done: None) for n in range(segment_count(film))]
    assert len({piece.header for piece in pieces}) == 1
    assert sum(piece.seconds for piece in pieces) == frames / Fraction(rate)
    played = pieces[0].header + b"".join(piece.data for piece in pieces)
    with av.open(BytesIO(played)) as container:
        stream = container.streams.video[0]
        moments = sorted(f.pts * f.time_base for f in container.decode(stream))
    assert moments == [number / Fraction(rate) for number in range(frames)]


@pytest.mark.parametrize("rate", [25, Fraction(30000, 1001), 60])
def test_a_player_may_begin_with_any_segment(tmp_path, rate):
    with opened_film(tmp_path, rate=rate, frames=int(6 * rate)) as film:
        pieces = [render_segment(film, n, lambda _done: None) for n in range(3)]
    for number, piece in enumerate(pieces):
        with av.open(BytesIO(piece.header + piece.data)) as container:
            times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
        assert min(times) == number * pieces[0].seconds


@pytest.mark.parametrize("codec", ["aac", "libmp3lame", "flac", "libopus", "pcm_s16le", "ac3"])
def test_libav_hears_header_and_fragments_as_it_hears_the_file(tmp_path, codec):
    source = make_video(tmp_path / "clip.mkv", frames=60, audio=codec)
    with film_of(source) as film:
        pieces = list(render_sound(film))
    assert len(pieces) >= 2
    played = pieces[0].header + b"".join(piece.data for piece in pieces)
    with av.open(BytesIO(played)) as container:
        heard = list(container.decode(audio=0))
    samples = sum(frame.samples for frame in heard)
    assert abs(samples / heard[0].sample_rate - 2.4) < 0.1
    assert abs(heard[0].pts * heard[0].time_base) <= Fraction(3, 100)
    steps = {b.pts - a.pts - a.samples for a, b in pairwise(heard)}
    assert max(map(abs, steps), default=0) <= heard[0].sample_rate / 900, "no gap, but rounding"


def test_the_sound_of_a_broadcast_loses_the_heads_of_its_packets(tmp_path):
    """Broadcasts say before each packet of AAC what files say once."""
    source = make_video(tmp_path / "clip.ts", frames=60, audio="aac", container="mpegts")
    with film_of(source) as film:
        pieces = list(render_sound(film))
    heard = [coded.data for piece in pieces for coded in unpack(piece.data)]
    assert heard == [packet[7:] for packet in packets_of(source)]
    with av.open(BytesIO(pieces[0].header + pieces[0].data)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 80_000
