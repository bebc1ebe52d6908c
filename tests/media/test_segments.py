"""The law of segments: made in any order and joined, they are what a render in one go writes."""

from dataclasses import replace
from fractions import Fraction

import pytest

from l1.errors import Refused
from l1.media.film import Soundtrack, film_of_file, seen_through, write_film
from l1.media.fragments import pack, unpack
from l1.media.segments import (
    join,
    render_segment,
    render_sound,
    segment_count,
    segment_needs,
    segment_span,
    sound_needs,
)
from tests.media.corpus import mutants, originals
from tests.media.filming import film_of, in_pieces, opened_film, whole
from tests.media.hearing import in_blocks, sine
from tests.media.making import decoded, make_video, packets_of

LONG = pytest.mark.storm
UNEVEN = [40 * n + (n * 7) % 11 for n in range(60)] + [40 * n for n in range(70, 130)]
FILES = {
    "24": {"rate": 24, "frames": 121},
    "25": {"rate": 25, "frames": 101},
    "29.97": {"rate": Fraction(30000, 1001), "frames": 150},
    "60": {"rate": 60, "frames": 241},
    "1 a second": {"rate": 1, "frames": 7},
    "one frame": {"frames": 1},
    "two frames": {"frames": 2},
    "one segment": {"frames": 50},
    "one frame more": {"frames": 51},
    "two frames more": {"frames": 102},
    "odd sizes": {"frames": 60, "size": (35, 21), "codec": "ffv1", "pix_fmt": "yuv444p"},
    "uneven": {"times": UNEVEN, "frames": len(UNEVEN)},
    "turned": {"frames": 60, "rotate": 90, "size": (48, 32)},
    "wide pixels": {"frames": 60, "aspect": Fraction(4, 3)},
    "10 bit": {"frames": 60, "pix_fmt": "yuv420p10le"},
    "alpha": {"frames": 60, "codec": "ffv1", "pix_fmt": "yuva420p"},
    "aac": {"frames": 110, "audio": "aac"},
    "aac 44.1": {"frames": 110, "audio": "aac", "audio_rate": 44100},
    "mp3": {"frames": 110, "audio": "libmp3lame"},
    "flac": {"frames": 110, "audio": "flac"},
    "opus": {"frames": 110, "audio": "libopus"},
    "ac3": {"frames": 110, "audio": "ac3"},
    "pcm": {"frames": 110, "audio": "pcm_s16le"},
    "pcm 8k": {"frames": 110, "audio": "pcm_s16le", "audio_rate": 8000},
    "late aac": {"frames": 110, "audio": "aac", "audio_delay": 48000},
    "late pcm": {"frames": 110, "audio": "pcm_s16le", "audio_delay": 120_000},
    "one frame, sound": {"frames": 1, "audio": "pcm_s16le"},
}


SHORT = {
    "29.97", "one frame", "one frame more", "odd sizes", "uneven", "turned", "alpha", "aac", "mp3",
    "opus", "pcm", "late pcm",
}  # fmt: skip
"""Those of the files that stand for the others where time is short."""


@pytest.mark.parametrize(
    "name", [each if each in SHORT else pytest.param(each, marks=LONG) for each in FILES]
)
def test_pieces_in_any_order_are_joined_to_the_very_bytes(tmp_path, name):
    given = {"size": (48, 32), **FILES[name]}
    source = make_video(tmp_path / "film.mkv", **given)
    with film_of(source) as film:
        assert in_pieces(film, tmp_path / "joined.mp4") == whole(film, tmp_path / "whole.mp4")


def test_a_broadcast_is_joined_to_the_very_bytes(tmp_path):
    source = make_video(tmp_path / "a.ts", frames=110, audio="aac", container="mpegts")
    with film_of(source) as film:
        assert in_pieces(film, tmp_path / "joined.mp4") == whole(film, tmp_path / "whole.mp4")


@pytest.mark.parametrize("seconds", [0, 0.01, pytest.param(1, marks=LONG), 5])
def test_a_track_shorter_or_longer_than_the_pictures_is_joined_to_the_very_bytes(tmp_path, seconds):
    with opened_film(tmp_path, frames=110) as silent:
        film = with_track(silent, seconds)
        joined = in_pieces(film, tmp_path / "joined.mp4")
        assert joined == whole(film, tmp_path / "whole.mp4")


@LONG
def test_damaged_media_are_joined_to_what_a_render_in_one_go_makes_of_them(tmp_path):
    """Or refused alike: damaged times are the likeliest to be told in two ways."""
    whole_ones = list(originals(tmp_path))
    made = 0
    for mutant in mutants(whole_ones, each=2):
        path = tmp_path / "damaged"
        path.write_bytes(mutant.data)
        one, other = (outcome(path, way, tmp_path / "out.mp4") for way in (whole, in_pieces))
        assert one == other, mutant
        made += one is not None
    assert made > 50


def outcome(path, way, output):
    """Answer what is made of a file, None where it is refused."""
    try:
        with film_of(path) as film:
            return way(film, output)
    except Refused:
        return None


def test_a_film_without_its_sound_has_none(tmp_path):
    source = make_video(tmp_path / "film.mp4", frames=60, audio="aac")
    with film_of(source, has_sound=False) as film:
        assert (list(render_sound(film)), sound_needs(film)) == ([], "")
        assert in_pieces(film, tmp_path / "joined.mp4") == whole(film, tmp_path / "whole.mp4")
    assert packets_of(tmp_path / "whole.mp4", "video")
    with pytest.raises(IndexError):
        packets_of(tmp_path / "whole.mp4")


def test_a_segment_is_named_by_what_it_is_made_from(tmp_path):
    path = make_video(tmp_path / "film.mp4", frames=110, size=(48, 32))
    with film_of_file(path, "cid") as film, film_of_file(path, "other") as other:
        names = [segment_needs(film, n) for n in range(segment_count(film))]
        assert len(set(names)) == 3
        assert [segment_span(film, n) for n in range(3)] == [(0, 50), (50, 100), (100, 110)]
        assert not set(names) & {segment_needs(other, n) for n in range(3)}
        assert sound_needs(film) != sound_needs(other)
        touched = seen_through(film, lambda _: show, lambda first, _: "x" if first == 50 else None)
        seen = [segment_needs(touched, n) for n in range(3)]
        assert [a == b for a, b in zip(seen, names, strict=True)] == [True, False, True]


def test_a_segment_is_the_same_in_every_film_that_has_its_pictures(tmp_path):
    """Untouched by a look, it is what it was without."""
    with opened_film(tmp_path, frames=110) as film:
        touched = seen_through(film, lambda _: show, lambda *_: None)
        for number in range(3):
            plain = render_segment(film, number, lambda _done: None)
            assert plain == render_segment(touched, number, lambda _done: None)


def test_progress_counts_the_frames_of_a_segment(tmp_path):
    heard = []
    with opened_film(tmp_path, frames=60) as film:
        render_segment(film, 1, heard.append)
    assert heard == list(range(1, 11))


def test_damaged_pieces_are_refused_and_never_joined(tmp_path):
    source = make_video(tmp_path / "film.mkv", frames=60, size=(48, 32), audio="pcm_s16le")
    with film_of(source) as film:
        good = [render_segment(film, n, lambda _done: None) for n in range(2)]
        sound = list(render_sound(film))
        for segments, heard, header in (
            ([good[0].data[:-1], good[1].data], sound, sound[0].header),
            ([good[0].data, b""], sound, sound[0].header),
            ([broken_unit(good[0].data), good[1].data], sound, sound[0].header),
            ([piece.data for piece in good], sound, sound[0].header[:-9]),
        ):
            with pytest.raises(ValueError, match="fragment"):
                join(tmp_path / "x.mp4", film, segments, [each.data for each in heard], header)
        with pytest.raises(ValueError, match="fragment"):
            join(
                tmp_path / "x.mp4",
                film,
                [piece.data for piece in good],
                [sound[0].data[:-1]],
                sound[0].header,
            )


def test_a_film_without_a_picture_is_refused(tmp_path):
    with opened_film(tmp_path, frames=3) as film:
        empty = seen_through(film, lambda _: show, lambda *_: None)
        object.__setattr__(empty, "part", lambda _first, _stop: iter(()))
        with pytest.raises(Refused, match="no picture"):
            write_film(tmp_path / "x.mp4", empty, lambda _done, _total: None)
        with pytest.raises(Refused, match="no picture"):
            render_segment(empty, 0, lambda _done: None)


def test_the_joined_file_shows_what_the_film_shows(tmp_path):
    with opened_film(tmp_path, frames=110) as film:
        in_pieces(film, tmp_path / "joined.mp4")
    assert len(decoded(tmp_path / "joined.mp4")) == 110


def show(picture, _number):
    return picture


def with_track(film, seconds):
    """Give a film a sound that is made, of so many seconds."""

    def track():
        return in_blocks(sine(440, round(seconds * 48_000)))

    return replace(film, sound=Soundtrack(needs={"made": seconds}, track=track))


def broken_unit(data):
    """Let a unit within a whole fragment lead beyond its end."""
    first, *rest = list(unpack(data))
    object.__setattr__(first, "data", b"\xff" + first.data[1:])
    return pack([first, *rest], number=1)
