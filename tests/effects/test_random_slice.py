"""RANDOM_SLICE, by itself and as MAP makes it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.dag.expand import expand
from l1.dag.params import parse_params
from l1.dag.recipe_yaml import read_recipe
from l1.effects.map import MAP
from l1.effects.random_slice import RANDOM_SLICE, RandomSliceParams, chosen
from l1.effects.sequence import SEQUENCE
from l1.media.probing import probe
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, sine, write_sound
from tests.media.making import decoded, make_video

SECOND = 48_000


def flat(number):
    """A picture whose grey tells its number."""
    return np.full((32, 48, 3), 20 + 4 * number, np.uint8)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("v") / "a.mp4"
    return make_video(path, frames=50, rate=25, draw=flat, options={"crf": "1"})


def sliced(folder, paths, **config):
    """Render, and answer the file and the notes."""
    params = parse_params(RANDOM_SLICE.node, config)
    _, notes = render(RANDOM_SLICE, paths, folder / "out", params)
    return folder / "out", notes


def numbers(file):
    return [round((int(frame[9, 9, 1]) - 20) / 4) for frame in decoded(file)]


@given(st.integers(1, 10**6), st.integers(0, 2**53 - 1), st.integers(0, 100))
def test_a_place_is_always_one_of_those_there_are(places, seed, number):
    params = RandomSliceParams(seed=seed, number=number)
    assert 0 <= chosen(places, params) < places
    assert chosen(places, params) == chosen(places, params)


def test_all_places_are_chosen_about_as_often():
    found = [chosen(8, RandomSliceParams(seed=n // 50, number=n % 50)) for n in range(4000)]
    assert np.bincount(found).min() > 420


def test_a_slice_is_that_long_and_in_a_row(tmp_path, film):
    starts = set()
    for seed in range(4):
        file, notes = sliced(tmp_path, film, duration="0.4", seed=seed)
        found = numbers(file)
        assert found == list(range(found[0], found[0] + 10))
        assert notes == []
        starts.add(found[0])
    assert len(starts) > 2


def test_what_is_shorter_is_given_whole(tmp_path, film):
    file, notes = sliced(tmp_path, film, duration=5)
    assert probe(file).video.frames == 50
    assert "2.000 s, less than 5 s" in notes[0]
    song = write_sound(tmp_path / "a.flac", sine(300, SECOND // 2))
    file, notes = sliced(tmp_path, song, duration=1)
    assert heard(file).shape[1] == SECOND // 2
    assert "0.500 s" in notes[0]


def test_a_slice_of_a_sound_is_exact(tmp_path):
    ramp = np.repeat(np.linspace(-0.9, 0.9, SECOND, dtype=np.float32)[None], 2, axis=0)
    song = write_sound(tmp_path / "a.flac", ramp)
    file, _ = sliced(tmp_path, song, duration="0.25", seed=3)
    part, whole = heard(file), heard(song)
    start = int(np.abs(whole[0] - part[0, 0]).argmin())
    assert part.shape[1] == SECOND // 4
    assert np.array_equal(part, whole[:, start : start + SECOND // 4])


def test_other_content_to_go_by_is_another_slice(tmp_path, film):
    words = [tmp_path / name for name in ("a.txt", "b.txt")]
    for number, path in enumerate(words):
        path.write_text(f"word {number}")
    starts = [numbers(sliced(tmp_path, [film, path], duration="0.2")[0])[0] for path in words]
    plain = numbers(sliced(tmp_path, film, duration="0.2")[0])[0]
    assert len({*starts, plain}) == 3


def test_a_map_numbers_its_slices():
    text = """\
name: r
inputs: [v, song]
steps:
  - id: m
    type: MAP
    config: {operation: RANDOM_SLICE, items: [v, v], seed_from: song, config: {duration: 2}}
  - {id: s, type: SEQUENCE, inputs: [m]}
output: s
"""
    nodes = {each.node.name: each.node for each in (MAP, RANDOM_SLICE, SEQUENCE)}
    made = [one.step for one in expand(read_recipe(text.encode(), nodes), nodes)]
    assert [(dict(step.config), step.inputs) for step in made] == [
        ({"duration": "2"}, ("v", "song")),
        ({"duration": "2", "number": 1}, ("v", "song")),
        ({}, ("m.0", "m.1")),
    ]


async def test_it_is_the_same_bytes_in_the_sandbox(tmp_path, film):
    given = {"duration": "0.2", "seed": 5}
    file, _ = sliced(tmp_path, film, **given)
    again, _ = await render_in_child(RANDOM_SLICE, [film], tmp_path / "child", given)
    assert again.read_bytes() == file.read_bytes()
