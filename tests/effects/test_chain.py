"""Steps in one pass: what is shown is what the looks make of the decoded pictures, one by one."""

from contextlib import contextmanager
from decimal import Decimal

import numpy as np
import pytest

from l1.content.curve import ONE, Curve
from l1.dag.node import Node, Params
from l1.effects.blur import BLUR, BlurParams
from l1.effects.chain import Link, changing, film_of_chain, render_chain
from l1.effects.color import COLOR, ColorParams
from l1.effects.crop import CROP, CropParams
from l1.effects.effect import Job, Source, effect_of_film
from l1.effects.flip import FLIP
from l1.effects.invert import INVERT
from l1.effects.lut import LUT
from l1.effects.pad import PAD, PadParams
from l1.effects.text import TEXT, TextParams
from l1.errors import Refused
from l1.media.film import Stage, film_of_file
from l1.media.probing import probe
from l1.media.segments import segment_count, segment_needs, sound_needs
from l1.media.stills import png, read_still
from tests.effects.rendering import render
from tests.media.filming import in_pieces
from tests.media.making import decoded, make_audio, make_video, packets_of

RISING = Curve(
    rate_num=25, rate_den=1, low=0, high=ONE, values=tuple(n * ONE // 20 for n in range(21))
)
CHAINS = {
    "one": [(INVERT, None)],
    "two": [(FLIP, None), (INVERT, None)],
    "sizes change": [
        (PAD, PadParams(top=6, right=3)),
        (CROP, CropParams(left=5)),
        (BLUR, BlurParams(radius=2)),
    ],
    "text": [(TEXT, TextParams(text="Hi", start=Decimal("0.2"), end=Decimal("0.6"))), (FLIP, None)],
    "the same twice": [(BLUR, BlurParams(radius=2)), (BLUR, BlurParams(radius=2))],
}
BOUND = Link(effect=COLOR, params=ColorParams(), sources=(), curves={"saturation": RISING})


def linked(looks, *paths):
    """Make links; the first has the sources."""
    given = tuple(Source(path=path, info=probe(path), cid=path.name) for path in paths)
    return [
        Link(effect=effect, params=params or effect.node.params(), sources=() if n else given)
        for n, (effect, params) in enumerate(looks)
    ]


def job(output, notes=None):
    return Job(
        sources=(),
        params=None,
        output=output,
        progress=lambda _done, _total: None,
        note=(notes if notes is not None else []).append,
    )


def planes(picture):
    return [picture.red, picture.green, picture.blue]


def expected(links, path):
    """Apply look by look to all decoded pictures."""
    with film_of_file(path, "x") as film:
        pictures, frames, rate = list(film.part(0, film.frames)), film.frames, film.rate
    for link in links:
        stage = Stage(width=pictures[0].width, height=pictures[0].height, rate=rate, frames=frames)
        change = changing(link.effect.look, link.params, link.curves, stage)
        pictures = [change(picture, number) for number, picture in enumerate(pictures)]
    return pictures


def same(left, right):
    return len(left) == len(right) and all(
        np.array_equal(planes(a), planes(b)) for a, b in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_shows_what_its_looks_make_of_the_decoded_pictures(tmp_path, name):
    path = make_video(tmp_path / "v.mp4", frames=20, size=(48, 32))
    links = linked(CHAINS[name], path)
    with film_of_chain(links, job(tmp_path / "o")) as film:
        assert same(list(film.part(0, film.frames)), expected(links, path))
        assert same(list(film.part(7, 12)), expected(links, path)[7:12])


def test_a_chain_follows_curves_wherever_it_begins(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=20, size=(48, 32))
    links = [*linked([(FLIP, None)], path), BOUND, *linked([(FLIP, None)])]
    with film_of_chain(links, job(tmp_path / "o")) as film:
        whole = expected(links, path)
        for first in (0, 3, 19):
            assert same(list(film.part(first, 20)), whole[first:])
    assert not np.array_equal(planes(whole[0]), planes(whole[19]))


def test_a_chain_of_one_is_what_its_effect_renders(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=20, audio="aac")
    render(INVERT, path, tmp_path / "alone.mp4")
    render_chain(linked([(INVERT, None)], path), job(tmp_path / "chain.mp4"))
    assert (tmp_path / "chain.mp4").read_bytes() == (tmp_path / "alone.mp4").read_bytes()
    assert packets_of(tmp_path / "chain.mp4") == packets_of(path)


def test_a_chain_is_joined_from_pieces_to_the_very_bytes(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=110, size=(48, 32), audio="aac")
    looks = [(TEXT, TextParams(text="Hi", start=Decimal("2.5"))), (FLIP, None)]
    render_chain(linked(looks, path), job(tmp_path / "whole.mp4"))
    with film_of_chain(linked(looks, path), job(tmp_path / "o")) as film:
        joined = in_pieces(film, tmp_path / "joined.mp4", seed=4)
    assert joined == (tmp_path / "whole.mp4").read_bytes()


def test_nothing_is_lost_between_the_looks_of_a_chain(tmp_path):
    """Encoded in between, two flips would not give the picture back."""
    path = make_video(tmp_path / "v.mp4", frames=5)
    twice = linked([(FLIP, None)] * 2, path)
    with film_of_chain(twice, job(tmp_path / "o")) as film, film_of_file(path, "x") as plain:
        assert same(list(film.part(0, 5)), list(plain.part(0, 5)))


def test_a_chain_over_a_still_is_rendered_one_by_one(tmp_path):
    path = tmp_path / "still.png"
    make_video(tmp_path / "v.mp4", frames=1)
    with film_of_file(tmp_path / "v.mp4", "x") as film:
        (picture,) = film.part(0, 1)
    path.write_bytes(png(picture))
    links = linked([(INVERT, None), (FLIP, None), (PAD, PadParams(top=4))], path)
    links.insert(1, BOUND)
    with film_of_chain(links, job(tmp_path / "o")) as film:
        assert film is None
    render_chain(links, job(tmp_path / "o"))
    (shown,) = expected(links, tmp_path / "v.mp4")
    still = read_still(tmp_path / "o")
    assert (still.width, still.height) == (shown.width, shown.height)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["o", "still.png", "v.mp4"]


def test_what_a_chain_cannot_begin_with_is_refused(tmp_path):
    path = make_audio(tmp_path / "a.wav")
    with pytest.raises(Refused, match="takes a video or an image"):
        render_chain(linked([(INVERT, None), (FLIP, None)], path), job(tmp_path / "o"))


class NoParams(Params):
    pass


@contextmanager
def _no_film(_job):
    yield None


def _copy(job):
    job.output.write_bytes(job.sources[0].path.read_bytes())


HEAD = effect_of_film(
    Node(
        name="head", version=1, summary="", params=NoParams,
        accepts=(frozenset({"video", "data"}),), gives="video",
    ),
    _no_film,
    _copy,
)  # fmt: skip


def test_a_head_that_is_no_film_here_is_rendered_and_looked_at(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=6)
    render_chain(linked([(HEAD, None), (INVERT, None)], path), job(tmp_path / "chain.mp4"))
    render(INVERT, path, tmp_path / "alone.mp4")
    for one, other in zip(
        decoded(tmp_path / "chain.mp4"), decoded(tmp_path / "alone.mp4"), strict=True
    ):
        assert np.array_equal(one, other)
    assert not (tmp_path / "chain.mp4.0").exists()


def test_a_head_that_makes_something_unusable_is_named(tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 40)
    source = Source(path=path, info=probe(path), cid="x")
    links = [Link(effect=HEAD, params=NoParams(), sources=(source,)), *linked([(INVERT, None)])]
    with pytest.raises(Refused, match="head made something unusable"):
        render_chain(links, job(tmp_path / "o"))


def needs(path, *links):
    with film_of_chain([*links], job(path)) as film:
        return [segment_needs(film, n) for n in range(segment_count(film))], sound_needs(film)


def test_a_segment_needs_all_that_changes_it_and_nothing_else(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=200, size=(48, 32))

    def with_text(text, start="4", end="5"):
        params = TextParams(text=text, start=Decimal(start), end=Decimal(end))
        return needs(path, *linked([(FLIP, None), (TEXT, params), (INVERT, None)], path))

    (one, heard), (other, also) = with_text("one"), with_text("other")
    assert heard == also
    assert [a == b for a, b in zip(one, other, strict=True)] == [True, True, False, True]
    (longer, _) = with_text("one", end="6.5")
    assert [a == b for a, b in zip(one, longer, strict=True)] == [True, True, False, False]
    (plain, _) = needs(path, *linked([(FLIP, None), (INVERT, None)], path))
    assert [a == b for a, b in zip(one, plain, strict=True)] == [True, True, False, True]
    turned, _ = needs(path, *linked([(INVERT, None), (FLIP, None)], path))
    assert not set(plain) & set(turned)


def test_a_segment_needs_of_a_curve_what_falls_within_it(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=150, size=(48, 32))

    def following(*values):
        curve = Curve(rate_num=1, rate_den=1, low=0, high=ONE, values=values)
        bound = Link(effect=COLOR, params=ColorParams(), sources=(), curves={"saturation": curve})
        return needs(path, *linked([(FLIP, None)], path), bound)[0]

    early = following(0, 0, ONE, ONE, ONE, ONE, ONE)
    late = following(0, 0, ONE, ONE, ONE, 0, 0)
    assert [a == b for a, b in zip(early, late, strict=True)] == [True, True, False]


def test_a_segment_needs_what_a_look_takes_beside(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=60, size=(48, 32))
    found = []
    for cid in ("one", "other"):
        table = Source(path=tmp_path / cid, info=probe(path), cid=cid)
        beside = Link(effect=LUT, params=LUT.node.params(), sources=(table,))
        found.append(needs(path, *linked([(FLIP, None)], path), beside)[0])
    assert not set(found[0]) & set(found[1])
