from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from l1.effects.generate import GENERATE, GenerateParams
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded

SMALL = {"width": 96, "height": 64, "duration": Decimal("0.2")}
GOLDEN = {
    "colour": "e08d7ed110f6ac9c",
    "gradient": "d299f5b2d1594a73",
    "checkerboard": "a425c72580abe166",
    "noise": "2dfc5da22f19517b",
    "bars": "28f6f380312aa372",
}


def made(tmp_path, **params):
    path = tmp_path / "made.mp4"
    render(GENERATE, [], path, GenerateParams(**{**SMALL, **params}))
    return path


@pytest.mark.parametrize("pattern", GOLDEN)
def test_each_pattern_looks_as_it_did(tmp_path, pattern):
    path = made(tmp_path, pattern=pattern, cell=16)
    info = probe(path)
    assert (info.kind, info.problem, info.audio) == ("video", "", None)
    assert (info.video.width, info.video.height, info.video.frames) == (96, 64, 5)
    assert fingerprint(path) == GOLDEN[pattern]


def test_a_colour_is_what_it_is_called(tmp_path):
    shot = decoded(made(tmp_path, colour="#c82828"))[4].astype(int)
    assert np.abs(shot - (200, 40, 40)).max() <= 4


@pytest.mark.parametrize(
    ("direction", "dark", "light"),
    [
        ("right", (32, 2), (32, 93)),
        ("down", (1, 48), (62, 48)),
        ("diagonal", (1, 1), (62, 94)),
        ("out", (32, 48), (32, 95)),
    ],
)
def test_a_gradient_goes_from_one_colour_to_the_other(tmp_path, direction, dark, light):
    shot = decoded(made(tmp_path, pattern="gradient", direction=direction))[0].astype(int)
    assert shot[dark].max() < 12
    assert shot[light].min() > 243


def test_the_squares_of_a_checkerboard_take_turns(tmp_path):
    shot = decoded(made(tmp_path, pattern="checkerboard", cell=16))[0].astype(int)
    centres = shot[8::16, 8::16, 0] > 128
    assert np.array_equal(centres, np.indices(centres.shape).sum(axis=0) % 2 == 1)


def test_noise_follows_its_seed_and_differs_from_picture_to_picture(tmp_path):
    one = made(tmp_path, pattern="noise", seed=1).read_bytes()
    assert made(tmp_path, pattern="noise", seed=1).read_bytes() == one
    shots = [shot.astype(int) for shot in decoded(made(tmp_path, pattern="noise", seed=2))]
    assert (tmp_path / "made.mp4").read_bytes() != one
    assert np.abs(shots[0] - shots[1]).mean() > 40
    grey, coloured = shots[0], decoded(made(tmp_path, pattern="noise", coloured=True))[0]
    assert np.ptp(grey, axis=2).mean() < 8 < np.ptp(coloured.astype(int), axis=2).mean()


def test_the_square_of_the_test_bars_moves(tmp_path):
    shots = decoded(made(tmp_path, pattern="bars"))
    places = [int((shot[60, :, 0] > 200).nonzero()[0][0]) for shot in shots]
    assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("asked", "rate"), [("29.97", Fraction(30000, 1001)), ("12.5", Fraction(25, 2)), ("1", 1)]
)
def test_any_rate_may_be_asked_for(tmp_path, asked, rate):
    info = probe(made(tmp_path, fps=Decimal(asked)))
    assert Fraction(info.video.rate_num, info.video.rate_den) == rate


def test_odd_sides_become_even_and_the_shortest_is_one_picture(tmp_path):
    params = GenerateParams(width=33, height=17, duration=Decimal("0.001"))
    progress, notes = render(GENERATE, [], tmp_path / "a", params)
    info = probe(tmp_path / "a").video
    assert (info.width, info.height, info.frames) == (34, 18, 1)
    assert (progress, len(notes)) == ([(1, 1)], 1)


async def test_a_sandboxed_child_makes_the_same_bytes(tmp_path):
    params = {"pattern": "noise", "width": 96, "height": 64, "duration": "0.2"}
    output, _ = await render_in_child(GENERATE, [], tmp_path / "child", params)
    assert output.read_bytes() == made(tmp_path, pattern="noise").read_bytes()


def test_what_a_pattern_does_not_use_does_not_count():
    assert GENERATE.parse({"pattern": "bars", "seed": 4, "cell": 3}) == GenerateParams(
        pattern="bars"
    )
    assert GENERATE.parse({"colour": "Black", "second": "red"}) == GenerateParams()
    assert GENERATE.parse({"pattern": "noise", "seed": 4}) != GenerateParams(pattern="noise")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"width": 16384, "height": 16384}, "8K"),
        ({"colour": "transparent"}, "lets nothing through"),
        ({"duration": "0"}, ">= 0.001"),
        ({"pattern": "plaid"}, "plaid"),
        ({"fps": "500"}, "<= 240"),
    ],
)
def test_what_cannot_be_made_is_refused(params, said):
    with pytest.raises(ValueError, match=said):
        GENERATE.parse(params)
