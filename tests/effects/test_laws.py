"""Laws of nodes that are about whole pictures, and that every node has one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from l1 import compose
from l1.effects.crop import CROP
from l1.effects.flip import FLIP
from l1.effects.invert import INVERT
from l1.effects.pad import PAD
from l1.effects.rotate import ROTATE
from l1.effects.still import STILL
from l1.media.stills import read_still
from tests.effects.laws import LAWS
from tests.effects.rendering import render
from tests.media.making import decoded

ROOT = Path(__file__).parent.parent.parent
SIDES = st.integers(1, 40)
few = settings(max_examples=15, deadline=None)


def pixels_of(path):
    picture = read_still(path)
    planes = (picture.red, picture.green, picture.blue, picture.alpha)
    return np.stack([plane for plane in planes if plane is not None], axis=2)


@pytest.fixture
def changed(tmp_path_factory):
    """Renders an image by several effects, one after the other; answers before and after."""

    def change(size, seed, *changes):
        folder = tmp_path_factory.mktemp("law")
        before = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
        path = folder / "0.png"
        Image.fromarray(before).save(path)
        for number, (effect, params) in enumerate(changes, 1):
            render(effect, path, folder / f"{number}.png", effect.parse(params))
            path = folder / f"{number}.png"
        return before, pixels_of(path)

    return change


@pytest.mark.parametrize("effect", [FLIP, INVERT])
def test_twice_is_as_it_was(changed, effect):
    @few
    @given(size=st.tuples(SIDES, SIDES), seed=st.integers(0, 99))
    def law(size, seed):
        before, after = changed(size, seed, (effect, {}), (effect, {}))
        assert np.array_equal(after, before)

    law()


def test_four_quarter_turns_are_none(changed):
    @few
    @given(
        size=st.tuples(SIDES, SIDES), seed=st.integers(0, 99), degrees=st.sampled_from([90, -90])
    )
    def law(size, seed, degrees):
        before, after = changed(size, seed, *[(ROTATE, {"degrees": degrees})] * 4)
        assert np.array_equal(after, before)

    law()


def test_what_was_padded_is_cropped_to_what_it_was(changed):
    sides = st.fixed_dictionaries(
        {side: st.integers(0, 20) for side in ("left", "top", "right", "bottom")}
    )

    @few
    @given(size=st.tuples(SIDES, SIDES), seed=st.integers(0, 99), sides=sides)
    def law(size, seed, sides):
        padded = (PAD, {**sides, "background": "red"})
        before, after = changed(size, seed, padded, (CROP, sides))
        assert np.array_equal(after, before)

    law()


def test_every_picture_of_a_still_is_the_image(tmp_path):
    image = np.zeros((32, 48, 3), np.uint8)
    image[8:24, 8:40] = (200, 90, 30)
    Image.fromarray(image).save(tmp_path / "a.png")
    render(STILL, tmp_path / "a.png", tmp_path / "b.mp4", STILL.parse({"duration": "0.4"}))
    shots = decoded(tmp_path / "b.mp4")
    assert len(shots) == 10
    assert all(np.abs(shot.astype(int) - image).mean() < 3 for shot in shots)


def test_every_node_has_a_law_of_its_own():
    without = sorted(set(compose.effects()) - set(LAWS))
    assert not without, (
        f"name the test of what must always be so in tests/effects/laws.py: {without}"
    )
    assert not sorted(set(LAWS) - set(compose.effects()))


def test_every_law_is_a_test_that_there_is():
    for name, law in LAWS.items():
        file, test = law.split("::")
        assert f"def {test}(" in (ROOT / file).read_text(), f"{name}: there is no {law}"
