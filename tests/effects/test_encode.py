"""ENCODE."""

from fractions import Fraction

import av
import numpy as np
import pytest

from l1.dag.params import parse_params
from l1.effects.encode import ENCODE
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard
from tests.media.making import decoded, make_video, packets_of


def encoded(folder, path, name="out", **config):
    render(ENCODE, path, folder / name, parse_params(ENCODE.node, config))
    return folder / name


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """120 pictures in three segments, with sound."""
    path = tmp_path_factory.mktemp("v") / "a.mp4"
    return make_video(path, frames=120, audio="aac", options={"crf": "4"})


def away(one, other):
    pairs = zip(decoded(one), decoded(other), strict=True)
    return np.mean([np.abs(a.astype(int) - b).mean() for a, b in pairs])


def test_a_lower_crf_looks_better_and_is_larger(tmp_path):
    ground = np.random.default_rng(5).integers(60, 200, (64, 96, 1), np.uint8).repeat(3, axis=2)
    film = make_video(
        tmp_path / "a.mp4",
        frames=60,
        draw=lambda number: np.roll(ground, number, 1),
        options={"crf": "4"},
    )
    files = [encoded(tmp_path, film, f"{crf}", crf=crf) for crf in (0, 18, 40)]
    sizes = [file.stat().st_size for file in files]
    assert sizes == sorted(sizes, reverse=True)
    errors = [away(film, file) for file in files]
    assert errors == sorted(errors)
    assert errors[0] < 2


@pytest.mark.parametrize("preset", ["ultrafast", "fast", "slow"])
def test_every_preset_gives_all_pictures_in_order_and_the_sound(tmp_path, film, preset):
    file = encoded(tmp_path, film, preset=preset, crf=10)
    info = probe(file)
    assert (info.problem, info.video.frames, info.video.width) == ("", 120, 96)
    assert away(film, file) < 4
    assert packets_of(file) == packets_of(film)
    with av.open(str(file)) as container:
        times = [packet.dts for packet in container.demux(video=0) if packet.size]
    assert (np.diff(times) > 0).all()
    assert np.array_equal(heard(file), heard(film))


def test_it_is_scaled_down_and_never_up(tmp_path, film):
    info = probe(encoded(tmp_path, film, max_width=49)).video
    assert (info.width, info.height) == (48, 32)
    assert probe(encoded(tmp_path, film, max_width=97)).video.width == 96
    wide = make_video(tmp_path / "b.mp4", frames=3, aspect=2)
    kept = probe(encoded(tmp_path, wide, max_width=192)).video
    assert (kept.width, kept.height) == (96, 64)
    with av.open(str(tmp_path / "out")) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(2)
    small = probe(encoded(tmp_path, wide, max_width=96)).video
    assert (small.width, small.height) == (96, 32)


def test_what_is_out_of_range_is_refused():
    with pytest.raises(Refused, match="<= 51"):
        parse_params(ENCODE.node, {"crf": 52})
    with pytest.raises(Refused, match="one of fast, faster"):
        parse_params(ENCODE.node, {"preset": "placebo"})


async def test_it_is_the_same_bytes_in_the_sandbox_and_stays_as_it_is(tmp_path):
    # Without loss, so that it is the same film on every processor.
    film = make_video(tmp_path / "a.mp4", frames=55, options={"crf": "0"})
    assert fingerprint(encoded(tmp_path, film, crf=30)) == "c8b93dfa3b0644e3"
    given = {"preset": "slow", "crf": 30}
    file = encoded(tmp_path, film, **given)
    assert fingerprint(file) == "cd1472d4a0bb9606"
    again, _ = await render_in_child(ENCODE, [film], tmp_path / "child", given)
    assert again.read_bytes() == file.read_bytes()


def test_sound_becomes_aac_where_that_is_asked_for(tmp_path, film):
    flac = make_video(tmp_path / "flac.mkv", frames=50, audio="flac", container="matroska")
    kept, made = encoded(tmp_path, flac, "kept"), encoded(tmp_path, flac, "made", sound="aac")
    assert (probe(kept).audio.codec, probe(made).audio.codec) == ("flac", "aac")
    before, after = heard(flac), heard(made)
    assert abs(before.shape[1] - after.shape[1]) <= 1
    length = min(before.shape[1], after.shape[1])
    assert np.corrcoef(before[0, :length], after[0, :length])[0, 1] > 0.99
    assert packets_of(encoded(tmp_path, film, "aac", sound="aac")) == packets_of(film)
