from l1.analyses.fingerprint import FINGERPRINT
from tests.analyses.sounds import analysed, tone, write_wav
from tests.media.making import make_video, scene

LOSSLESS = {"codec": "ffv1", "pix_fmt": "yuv420p"}


def test_what_looks_alike_is_alike_whatever_its_bytes(tmp_path):
    one = make_video(tmp_path / "a.mkv", frames=6, **LOSSLESS)
    other = make_video(tmp_path / "b.avi", frames=6, **LOSSLESS)
    assert one.read_bytes() != other.read_bytes()
    assert analysed(FINGERPRINT, one) == analysed(FINGERPRINT, other)


def test_the_picture_that_differs_is_told(tmp_path):
    def drawn(number):
        return scene(96, 64, 0 if number == 4 else number)

    before = analysed(FINGERPRINT, make_video(tmp_path / "a.mkv", frames=6, **LOSSLESS))
    after = analysed(FINGERPRINT, make_video(tmp_path / "b.mkv", frames=6, draw=drawn, **LOSSLESS))
    pairs = zip(before.pictures, after.pictures, strict=True)
    assert [one == other for one, other in pairs] == [True, True, True, True, False, True]


def test_the_second_of_sound_that_differs_is_told(tmp_path):
    sound = tone(300, 3.5, rate=48_000)
    before = analysed(FINGERPRINT, write_wav(tmp_path / "a.wav", sound, sound, rate=48_000))
    sound[50_000] += 0.1
    after = analysed(FINGERPRINT, write_wav(tmp_path / "b.wav", sound, sound, rate=48_000))
    pairs = zip(before.seconds, after.seconds, strict=True)
    assert [one == other for one, other in pairs] == [True, False, True, True]
    assert before.pictures == ()
