from decimal import Decimal

import numpy as np
import pytest

from l1.effects.freeze import FREEZE, FreezeParams
from l1.effects.generate import GENERATE, GenerateParams
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard
from tests.media.making import decoded, make_audio, make_video


def freeze(path, output, **given):
    render(FREEZE, path, output, FreezeParams(**given))
    info = probe(output)
    assert info.problem == ""
    return info


@pytest.mark.parametrize(("at", "place"), [("0", 0), ("0.41", 10), (None, 24), ("90", 24)])
def test_one_picture_is_held_in_silence(tmp_path, at, place):
    clip = make_video(tmp_path / "a.mp4", frames=25, audio="aac")
    info = freeze(
        clip, tmp_path / "b.mp4", at=None if at is None else Decimal(at), duration=Decimal("0.6")
    )
    assert (info.video.frames, info.duration_us) == (40, 1_600_000)
    once = decoded(clip)
    expected = [*once[: place + 1], *[once[place]] * 15, *once[place + 1 :]]
    for found, shot in zip(decoded(tmp_path / "b.mp4"), expected, strict=True):
        assert np.abs(found.astype(int) - shot).mean() < 5
    sound, begin = np.abs(heard(tmp_path / "b.mp4")), (place + 1) * 1920
    assert sound.shape[1] == 76_800
    assert sound[:, begin + 3000 : begin + 25_000].max() < 0.01
    assert max(sound[:, :begin].max(), sound[:, begin + 29_000 :].max(initial=0)) > 0.25


def test_without_duration_it_is_as_it_was_and_without_sound_too(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=5)
    info = freeze(clip, tmp_path / "b.mp4", duration=Decimal(0))
    assert (info.video.frames, info.audio) == (5, None)


def test_sound_is_refused(tmp_path):
    with pytest.raises(Refused, match="FREEZE takes a video, and this input is audio"):
        render(FREEZE, make_audio(tmp_path / "a.wav"), tmp_path / "b.mp4")


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    render(GENERATE, [], tmp_path / "a.mp4", GenerateParams(pattern="noise", **small))
    freeze(tmp_path / "a.mp4", tmp_path / "b.mp4", at=Decimal("0.08"), duration=Decimal("0.2"))
    made, _ = await render_in_child(
        FREEZE, [tmp_path / "a.mp4"], tmp_path / "c", {"at": "0.08", "duration": "0.2"}
    )
    assert made.read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert fingerprint(made) == "4b204de53941d1ec"
