"""What all films have in common: any part of them can be made by itself, and is known by name."""

import random
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import count

import numpy as np
import pytest
from PIL import Image

from l1 import compose
from l1.content.curve import ONE, Curve
from l1.content.schedule import Interval, Pulse, Run, Schedule
from l1.effects.chain import Link, film_of_chain
from l1.effects.effect import Job, Source
from l1.effects.invert import INVERT
from l1.effects.layer import LAYER
from l1.media.probing import probe
from l1.media.segments import segment_count, segment_needs, segment_span, sound_needs
from tests.media.filming import in_pieces, whole
from tests.media.hearing import noise, write_sound
from tests.media.making import make_video, scene

BACKWARD = next(seed for seed in count() if random.Random(seed).sample([0, 1, 2], 3) == [0, 1, 2])
SMALL = {"width": 48, "height": 32, "fps": 10}
TALL = {"width": 32, "height": 48, "fps": 10, "duration": 5}

# For each node its inputs, its parameters, and parameters under which it is another film.
FILMS = {
    "beat_sync": ("clip schedule song", {}, {}),
    "blend": ("clip other", {"mode": "screen"}, {"opacity": "0.5"}),
    "chroma_key": ("clip other", {}, {"spill": 1}),
    "cqt": ("song", {**SMALL, "octaves": 3}, {"release": 2}),
    "fps": ("clip", {"fps": "7.5"}, {"fps": 11}),
    "freeze": ("clip", {"at": "1.5", "duration": 1}, {"at": 3}),
    "generate": ("", {"pattern": "noise", **TALL}, {"seed": 2}),
    "image_sequence": ("image moving image", {"fps": 10, "hold": 14}, {"hold": 15}),
    "ken_burns": ("image", TALL, {"easing": "in"}),
    "layer": (
        "clip moving other",
        {"layers": [{"start": "2.5"}, {"position": ["50%", 3], "end": 1}]},
        {"layers": [{"start": "2.5"}, {"position": ["50%", 4], "end": 1}]},
    ),
    "loop": ("other", {"duration": 5}, {"duration": "3.5"}),
    "mask": ("clip other image", {}, {"invert": True}),
    "mux": ("clip song", {}, {"offset": 1}),
    "random_slice": ("clip", {"duration": 5}, {"duration": 4, "seed": 3}),
    "resize": ("clip", {"width": 40}, {"width": 24}),
    "segment": ("clip", {"start": "0.3", "end": "5.5"}, {"start": "0.4"}),
    "sequence": (
        "other image clip",
        {"transition": {"type": "crossfade", "duration": "0.4"}, "image_duration": 1},
        {"transition": {"type": "fade", "duration": "0.4"}},
    ),
    "spectrum_video": ("song", SMALL, {"release": 2}),
    "still": ("image", {"duration": 5, "fps": 10}, {"background": "red"}),
    "transform": ("clip", {"speed": "1.25", "hue": 30}, {"hue": 40}),
    "vectorscope": ("song", SMALL, {"gain": 2}),
    "waveform_video": ("song", SMALL, {"gain": 2}),
}


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    coded = {"size": (48, 32), "options": {"g": "8", "bf": "2"}, "audio": "aac"}
    make_video(folder / "clip", container="mp4", frames=60, rate=10, pix_fmt="yuv444p", **coded)
    frames = {"frames": 55, "rate": Fraction(30000, 1001), "size": (32, 40)}
    make_video(folder / "other", container="mp4", draw=lambda n: scene(32, 40, n + 9), **frames)
    drawn = np.random.default_rng(1).integers(0, 256, (8, 40, 56, 4), np.uint8)
    Image.fromarray(drawn[0]).save(folder / "image", format="PNG")
    Image.fromarray(drawn[1]).save(folder / "picture", format="PNG")
    first, *more = (Image.fromarray(each[::2, ::2]) for each in drawn)
    first.save(folder / "moving", format="GIF", save_all=True, append_images=more, duration=400)
    write_sound(folder / "song", noise(48_000 * 5))
    (folder / "schedule").write_bytes(schedule().to_json())
    return folder


def schedule():
    """Stretch, hold and jump back; pulse on two beats."""
    return Schedule(
        mode="stretch",
        rate_num=10,
        rate_den=1,
        source_frames=60,
        source_rate_num=10,
        source_rate_den=1,
        start_ms=0,
        end_ms=5000,
        frames=50,
        runs=(
            Run(frames=25, source=3, num=3, den=2),
            Run(frames=5, source=50, num=0, den=1),
            Run(frames=20, source=1, num=1, den=1),
        ),
        intervals=(
            Interval(beat_ms=300, frame=3, source=7),
            Interval(beat_ms=3000, frame=30, source=1),
        ),
        interp="blend",
        pulse=Pulse(look="zoom", levels=(500, 200)),
    )


def job_of(name, media, params, swap=None):
    """Make the job of a node's example; `swap` is another file for one of its inputs."""
    names = FILMS[name][0].split()
    if swap is not None:
        names = [swap if each == "other" else each for each in names]
    sources = [Source(path=media / each, info=probe(media / each), cid=each) for each in names]
    return Job(
        sources=tuple(sources),
        params=compose.effects()[name].parse(params),
        output=media / "output",
        progress=lambda _done, _total: None,
        note=lambda _text: None,
    )


@contextmanager
def film(name, media, more=None, swap=None):
    params = {**FILMS[name][1], **(more or {})}
    job = job_of(name, media, params, swap)
    with compose.effects()[name].film(job) as shown:
        assert shown is not None
        yield shown


def pictures(film, index):
    """Make the pictures of one segment, as bytes."""
    return [
        np.stack([each.red, each.green, each.blue]).tobytes()
        for each in film.part(*segment_span(film, index))
    ]


def test_every_film_is_tried_here():
    heads = {name for name, each in compose.effects().items() if each.node.fuses == "head"}
    assert set(FILMS) == heads


@pytest.mark.parametrize("name", FILMS)
def test_segments_in_reverse_are_joined_to_what_is_rendered_at_once(tmp_path, media, name):
    with film(name, media) as shown:
        assert segment_count(shown) >= 3
        joined = in_pieces(shown, tmp_path / "joined.mp4", seed=BACKWARD)
        assert joined == whole(shown, tmp_path / "whole.mp4")


@pytest.mark.parametrize("name", FILMS)
def test_a_film_that_is_opened_again_has_the_same_names(media, name):
    found = []
    for _ in range(2):
        with film(name, media) as shown:
            numbers = range(segment_count(shown))
            found.append([sound_needs(shown), *(segment_needs(shown, n) for n in numbers)])
    assert found[0] == found[1]
    assert len(set(found[0])) == len(found[0])


@pytest.mark.parametrize("name", [name for name in FILMS if FILMS[name][2]])
def test_other_parameters_have_other_names_where_the_pictures_differ(media, name):
    with film(name, media) as one, film(name, media, FILMS[name][2]) as other:
        assert changed(one, other)


@pytest.mark.parametrize("name", [name for name in FILMS if "other" in FILMS[name][0]])
def test_another_input_has_another_name_where_it_is_seen(media, name):
    with film(name, media) as one, film(name, media, swap="clip") as other:
        assert changed(one, other)


def changed(one, other):
    """List the segments with other names, and see that all the rest have the same pictures."""
    numbers = range(min(segment_count(one), segment_count(other)))
    differ = [n for n in numbers if segment_needs(one, n) != segment_needs(other, n)]
    for number in set(numbers) - set(differ):
        assert pictures(one, number) == pictures(other, number)
    return differ


def test_a_layer_counts_only_where_it_is_seen(media):
    moved = FILMS["layer"][2]
    with film("layer", media) as one, film("layer", media, moved) as other:
        assert changed(one, other) == [0]


def test_a_layer_that_follows_is_another_one_in_another_place(media):
    """Although what lay below, or above, has ended."""
    half = ONE // 2
    curve = Curve(rate_num=1, rate_den=1, low=half, high=half, values=(half,))
    with following(media, curve, "other clip") as one, following(media, curve, "clip other") as two:
        assert changed(one, two) == [0, 1, 2]


@contextmanager
def following(media, curve, layers):
    """Show layers of which the first follows a curve with its size."""
    job = job_of("layer", media, {})
    names = ["clip", *layers.split()]
    sources = tuple(Source(path=media / n, info=probe(media / n), cid=n) for n in names)
    curves = {"layers.0.scale": curve}
    job = replace(job, params=LAYER.parse({"layers": []}), sources=sources, curves=curves)
    with LAYER.film(job) as shown:
        yield shown


def test_a_longer_colour_begins_with_the_same_segments(media):
    plain = {"pattern": "colour"}
    longer = {**plain, "duration": 8}
    with film("generate", media, plain) as one, film("generate", media, longer) as other:
        assert changed(one, other) == [2]


def test_a_sound_upon_pictures_that_can_be_copied_is_a_film_only_under_looks(media):
    make_video(media / "plain", container="mp4", frames=50, rate=10, size=(48, 32))
    sources = [Source(path=media / n, info=probe(media / n), cid=n) for n in ("plain", "song")]
    mux = compose.effects()["mux"]
    params = mux.node.params(offset=Decimal(0))
    link = Link(effect=mux, params=params, sources=tuple(sources))
    look = Link(effect=INVERT, params=INVERT.node.params(), sources=())
    job = job_of("generate", media, {})
    with film_of_chain([link], job) as alone, film_of_chain([link, look], job) as seen:
        assert alone is None
        assert segment_count(seen) == 3
