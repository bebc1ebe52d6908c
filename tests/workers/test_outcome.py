import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.media_info import MediaInfo, VideoInfo
from l1.errors import Refused
from l1.workers.outcome import ChildFailed, checked_info, checked_outline, outcome, within
from l1.workers.task import Answer, Complaint

VIDEO = VideoInfo(codec="h264", width=64, height=48, pixel_format="yuv420p", rotation=90)
INFO = MediaInfo(kind="video", media_type="video/x-matroska", duration_us=1, video=VIDEO)


def test_what_a_probe_finds_is_believed():
    assert checked_info(msgspec.to_builtins(INFO)) == INFO
    assert checked_info({"kind": "data", "media_type": "image/svg+xml"}).kind == "data"


ODD = [
    {"media_type": "text/html\r\nSet-Cookie: a=b"},
    {"media_type": "video/mp4\n"},
    {"media_type": "video"},
    {"media_type": ""},
    {"media_type": "a/" + "b" * 200},
    {"duration_us": -1},
    {"duration_us": 2**70},
    {"video": {"codec": "h264", "width": -4, "height": 4, "pixel_format": "rgb24"}},
    {"video": {"codec": "h" * 10_000, "width": 4, "height": 4, "pixel_format": "rgb24"}},
    {"kind": "page"},
    {"problem": 5},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_no_probe_can_find_is_a_crash(odd):
    with pytest.raises(ChildFailed) as failed:
        checked_info({"kind": "video", "media_type": "video/mp4", **odd})
    assert failed.value.kind == "crashed"


@pytest.mark.parametrize("odd", [None, [], "x", {}, 5])
def test_what_is_no_info_is_a_crash(odd):
    with pytest.raises(ChildFailed):
        checked_info(odd)


@given(st.integers(), st.integers())
def test_progress_lies_between_nothing_and_all(done, total):
    heard = []
    within(lambda *told: heard.append(told))(done, total)
    ((done, total),) = heard
    assert 0 <= done <= total < 2**53


def test_a_complaint_is_cut_and_its_code_is_a_word():
    complaint = Complaint(code="bad_host\n", message="x" * 10**6)
    with pytest.raises(Refused) as raised:
        outcome(Answer(refused=complaint), None, "")
    assert (raised.value.code, len(raised.value.message)) == ("refused", 2000)


def test_a_complaint_commands_no_terminal():
    complaint = Complaint(code="bad", message="\x1b]0;owned\x07 in line 5:\n\u202eesrever\x9b2J")
    with pytest.raises(Refused) as refused:
        outcome(Answer(refused=complaint), None, "")
    assert refused.value.message == "?]0;owned? in line 5:\n?esrever?2J"


OUTLINE = {"frames": 5, "segment_frames": 2, "rate": [25, 1], "segments": ["0a" * 32] * 3}


def test_a_film_is_believed_that_can_be():
    assert checked_outline(OUTLINE | {"sound": "f" * 64}).frames == 5


@pytest.mark.parametrize(
    "lie",
    [
        {"frames": 0, "segments": []},
        {"frames": -5},
        {"frames": 7},
        {"segment_frames": 0},
        {"segment_frames": 6},
        {"rate": [0, 1]},
        {"rate": [25, -1]},
        {"segments": ["x" * 64] * 3},
        {"segments": ["0a"] * 3},
        {"sound": "../sound"},
        {"frames": 200_000, "segment_frames": 1, "segments": ["0a" * 32] * 200_000},
        {"rate": "25"},
    ],
)
def test_an_outline_that_no_film_has_is_not_believed(lie):
    with pytest.raises(ChildFailed, match="outlined"):
        checked_outline(OUTLINE | lie)
