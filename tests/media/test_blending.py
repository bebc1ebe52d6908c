from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.blending import MODES, blended, table_of
from l1.media.pictures import Picture

BYTES = st.integers(0, 255)


def entry(mode, base, top, opacity=255):
    return int(table_of(mode, opacity)[base * 256 + top])


def soft_light(b, t):
    root = ((16 * b - 12) * b + 4) * b if b <= 0.25 else sqrt(b)
    return b - (1 - 2 * t) * b * (1 - b) if t <= 0.5 else b + (2 * t - 1) * (root - b)


def hard_light(b, t):
    return 2 * b * t if t <= 0.5 else 1 - 2 * (1 - b) * (1 - t)


PUBLISHED = {
    "normal": lambda b, t: t,
    "multiply": lambda b, t: b * t,
    "screen": lambda b, t: b + t - b * t,
    "overlay": lambda b, t: hard_light(t, b),
    "add": lambda b, t: min(1, b + t),
    "subtract": lambda b, t: max(0, b - t),
    "average": lambda b, t: (b + t) / 2,
    "difference": lambda b, t: abs(b - t),
    "lighten": max,
    "darken": min,
    "hard_light": hard_light,
    "soft_light": soft_light,
    "exclusion": lambda b, t: b + t - 2 * b * t,
    "dodge": lambda b, t: 0 if b == 0 else 1 if t == 1 else min(1, b / (1 - t)),
    "burn": lambda b, t: 1 if b == 1 else 0 if t == 0 else 1 - min(1, (1 - b) / t),
}


@pytest.mark.parametrize("mode", sorted(MODES))
@given(base=BYTES, top=BYTES)
def test_a_mode_is_what_its_formula_says(mode, base, top):
    assert abs(entry(mode, base, top) - 255 * PUBLISHED[mode](base / 255, top / 255)) <= 0.501


def test_modes_that_do_not_mind_the_order_are_these():
    tables = {mode: table_of(mode, 255).reshape(256, 256) for mode in MODES}
    alike = {mode for mode, table in tables.items() if np.array_equal(table, table.T)}
    assert alike == {
        "multiply", "screen", "add", "average", "difference", "lighten", "darken", "exclusion",
    }  # fmt: skip
    assert np.array_equal(tables["overlay"], tables["hard_light"].T)


@given(base=BYTES)
def test_each_mode_has_a_top_that_changes_nothing(base):
    for mode, top in (
        ("multiply", 255), ("screen", 0), ("add", 0), ("subtract", 0), ("difference", 0),
        ("lighten", 0), ("darken", 255), ("exclusion", 0), ("dodge", 0), ("burn", 255),
        ("average", base),
    ):  # fmt: skip
        assert entry(mode, base, top) == base


@pytest.mark.parametrize("mode", sorted(MODES))
@given(base=BYTES, top=BYTES, opacity=st.sampled_from([0, 1, 64, 128, 200, 254]))
def test_opacity_mixes_with_the_base(mode, base, top, opacity):
    exact = base + (entry(mode, base, top) - base) * opacity / 255
    assert abs(entry(mode, base, top, opacity) - exact) <= 0.501


def test_what_is_transparent_on_top_leaves_the_base_and_its_alpha_alone():
    dice = np.random.default_rng(3).integers(0, 256, (7, 40, 30), np.uint8)
    base = Picture(red=dice[0], green=dice[1], blue=dice[2], alpha=dice[6])
    cover = np.where(dice[3] < 128, 0, 255).astype(np.uint8)
    top = Picture(red=dice[3], green=dice[4], blue=dice[5], alpha=cover)
    found = blended(base, top, "multiply", 255)
    assert np.array_equal(found.alpha, base.alpha)
    assert np.array_equal(found.red[cover == 0], base.red[cover == 0])
    whole = table_of("multiply", 255)[base.green.astype(int) * 256 + top.green]
    assert np.array_equal(found.green[cover == 255], whole[cover == 255])
