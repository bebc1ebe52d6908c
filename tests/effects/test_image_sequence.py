from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from l1.effects.image_sequence import IMAGE_SEQUENCE, ImageSequenceParams
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, scene


def images(tmp_path, count=4, size=(96, 64)):
    paths = [tmp_path / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.fromarray(scene(*size, 3 * number)).save(path)
    return paths


def test_it_looks_as_it_did_and_each_image_is_one_picture(tmp_path):
    params = ImageSequenceParams(fps=Decimal("29.97"))
    progress, _ = render(IMAGE_SEQUENCE, images(tmp_path), tmp_path / "b.mp4", params)
    info = probe(tmp_path / "b.mp4").video
    assert (info.width, info.height, info.frames) == (96, 64, 4)
    assert Fraction(info.rate_num, info.rate_den) == Fraction(30000, 1001)
    assert progress == [(n, 4) for n in range(1, 5)]
    for number, shot in enumerate(decoded(tmp_path / "b.mp4")):
        assert np.abs(shot.astype(int) - scene(96, 64, 3 * number)).mean() < 8
    assert fingerprint(tmp_path / "b.mp4") == "82bf340e1526b775"


async def test_a_sandboxed_child_makes_the_same_bytes(tmp_path):
    paths = images(tmp_path)
    render(IMAGE_SEQUENCE, paths, tmp_path / "b.mp4", ImageSequenceParams(hold=2))
    output, _ = await render_in_child(IMAGE_SEQUENCE, paths, tmp_path / "child", {"hold": 2})
    assert output.read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_images_of_other_sizes_are_fitted_in(tmp_path):
    first = images(tmp_path, 1, (33, 21))
    Image.new("RGB", (10, 40), "white").save(tmp_path / "tall.png")
    Image.new("RGBA", (66, 42), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    params = ImageSequenceParams(background="blue")
    paths = [*first, tmp_path / "tall.png", tmp_path / "clear.png"]
    render(IMAGE_SEQUENCE, paths, tmp_path / "b.mp4", params)
    shots = [shot.astype(int) for shot in decoded(tmp_path / "b.mp4")]
    assert {shot.shape for shot in shots} == {(22, 34, 3)}
    assert shots[1][11, 17].min() > 220
    assert np.abs(shots[1][11, 2] - (0, 0, 255)).max() < 16
    assert np.abs(shots[2] - (0, 0, 255)).max() < 16


def test_each_image_may_be_held(tmp_path):
    params = ImageSequenceParams(hold=3)
    render(IMAGE_SEQUENCE, images(tmp_path, 2), tmp_path / "b.mp4", params)
    assert probe(tmp_path / "b.mp4").video.frames == 6


def test_what_is_no_image_and_nothing_at_all_are_refused(tmp_path):
    paths = [*images(tmp_path, 1), make_audio(tmp_path / "a.wav")]
    with pytest.raises(Refused, match="Input 2 of IMAGE_SEQUENCE is audio"):
        render(IMAGE_SEQUENCE, paths, tmp_path / "b")
    with pytest.raises(Refused, match="got 0"):
        render(IMAGE_SEQUENCE, [], tmp_path / "b")
    with pytest.raises(ValueError, match=">= 1"):
        IMAGE_SEQUENCE.parse({"hold": 0})
