"""Parameters that follow curves: in looks, in pictures that are mixed, and in sound."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from l1 import compose
from l1.content.curve import ONE, Curve, Hit
from l1.dag.following import STEPS, bindable, described, params_at
from l1.effects.blend import BLEND
from l1.effects.blur import BLUR
from l1.effects.chain import changing
from l1.effects.chroma_key import CHROMA_KEY
from l1.effects.effect import Source
from l1.effects.gain import GAIN
from l1.effects.glitch import GLITCH, GlitchParams
from l1.effects.layer import LAYER
from l1.effects.transform import TRANSFORM
from l1.errors import Refused
from l1.media.film import Stage
from l1.media.pictures import Picture
from l1.media.stills import png, read_still
from l1.workers.followed import divided
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, noise, write_sound
from tests.media.making import decoded, make_audio, make_video

EFFECTS = compose.effects()
RATE = 48_000
KICKS = (0.4, 0.8, 1.2, 1.6)


def steady(value):
    """A curve that stays at a value."""
    parts = int(Decimal(value) * ONE)
    return Curve(rate_num=100, rate_den=1, low=parts, high=parts, values=(parts,))


def line(*values, rate=25):
    parts = [int(Decimal(value) * ONE) for value in values]
    return Curve(rate_num=rate, rate_den=1, low=min(parts), high=max(parts), values=tuple(parts))


def static(number):
    """The same grain in every picture: all of it fine detail."""
    del number
    grain = np.random.default_rng(1).integers(0, 256, (48, 64, 1), np.uint8)
    return grain.repeat(3, axis=2)


@pytest.fixture(scope="module")
def grain(tmp_path_factory):
    path = tmp_path_factory.mktemp("v") / "v.mp4"
    return make_video(path, frames=50, size=(64, 48), draw=static, options={"crf": "10"})


@pytest.fixture(scope="module")
def kicks(tmp_path_factory):
    """Two seconds of drum: 60 Hz that dies away from each of `KICKS`."""
    time = np.arange(2 * RATE) / RATE
    sound = np.zeros(2 * RATE)
    for kick in KICKS:
        after = np.maximum(time - kick, 0)
        sound += (time >= kick) * np.sin(2 * np.pi * 60 * after) * np.exp(-after / 0.06)
    path = tmp_path_factory.mktemp("k") / "k.flac"
    return write_sound(path, np.stack([sound, sound]).astype(np.float32) * np.float32(0.7))


def sharpness(path):
    """How far neighbours are apart, picture by picture."""
    return [np.abs(np.diff(frame.astype(int), axis=1)).mean() for frame in decoded(path)]


async def test_a_blur_follows_the_kick_of_a_drum(tmp_path, grain, kicks):
    bands = tmp_path / "bands"
    render(EFFECTS["bands"], kicks, bands, EFFECTS["bands"].parse({"hop_ms": 20}))
    words = {"feature": "bass", "range": ["0", "6"], "curve": "square"}
    curve, _ = await render_in_child(EFFECTS["bind"], [bands], tmp_path / "2", words)
    made, _ = await render_in_child(BLUR, [grain, curve], tmp_path / "3", bound={"radius": 1})
    again, _ = await render_in_child(BLUR, [grain, curve], tmp_path / "4", bound={"radius": 1})
    assert made.read_bytes() == again.read_bytes()
    sharp = sharpness(made)
    assert len(sharp) == 50
    softest = sorted(int(n) for n in np.argsort(sharp)[:8])
    for kick in KICKS:
        frame = round(25 * kick)
        assert {frame, frame + 1} & set(softest), (frame, softest)
        assert sharp[frame - 3] > 3 * min(sharp[frame : frame + 3])


@pytest.mark.parametrize("name", sorted(n for n, e in EFFECTS.items() if e.look))
def test_what_follows_a_curve_that_stays_is_as_if_it_had_that_value(name, tmp_path):
    effect = EFFECTS[name]
    table = tmp_path / "table.cube"
    table.write_text("LUT_1D_SIZE 2\n1 0 0\n0 1 1\n")
    beside = (table,) if name == "lut" else ()
    stage = Stage(width=32, height=24, rate=Fraction(25), frames=9, beside=beside)
    planes = np.random.default_rng(3).integers(0, 256, (3, 24, 32), np.uint8)
    picture = Picture(red=planes[0], green=planes[1], blue=planes[2])
    plain = effect.parse({"text": "Hi"} if name == "text" else {})
    for parameter in bindable(effect.node):
        if (value := getattr(plain, parameter)) is None:
            continue
        follows = changing(effect.look, plain, {parameter: steady(value)}, stage)
        assert same(follows(picture, 4), effect.look(plain, stage)(picture, 4))


def same(one, other):
    return all(
        np.array_equal(getattr(one, plane), getattr(other, plane))
        for plane in ("red", "green", "blue")
    )


def test_a_look_is_what_it_would_be_with_the_value_at_each_picture():
    stage = Stage(width=32, height=24, rate=Fraction(25), frames=4)
    picture = Picture(**{plane: static(0)[:24, :32, 0] for plane in ("red", "green", "blue")})
    curves = {"radius": line(0, 2, 4, 1)}
    follows = changing(BLUR.look, BLUR.node.params(), curves, stage)
    for number, radius in ((2, 4), (0, 0), (3, 1)):  # any order: nothing is remembered
        plain = BLUR.look(BLUR.node.params(radius=Decimal(radius)), stage)
        assert same(follows(picture, number), plain(picture, number))


def test_values_come_in_steps_of_the_range_and_whole_numbers_whole():
    curve = line(0, 7, rate=1)
    seen = {params_at(GlitchParams(), {"bands": curve}, n, Fraction(200)).bands for n in range(201)}
    assert seen == set(range(8))
    slips = {
        params_at(GlitchParams(), {"slip": line(0, 1, rate=1)}, n, Fraction(5000)).slip
        for n in range(5001)
    }
    assert len(slips) == STEPS + 1
    assert (min(slips), max(slips)) == (0, 1)


def test_what_a_part_is_made_from_are_the_values_over_its_pictures():
    curves = {"radius": line(0, 2, 4, 1)}
    first = described(BLUR.node.params(), curves, range(2), Fraction(25))
    assert first != described(BLUR.node.params(), curves, range(2, 4), Fraction(25))
    longer = {"radius": line(0, 2, 4, 0)}
    assert first == described(BLUR.node.params(), longer, range(2), Fraction(25))
    assert described(BLUR.node.params(), {}, range(2), Fraction(25)) == {}


def test_what_would_change_the_size_of_a_picture_follows_nothing():
    for name in ("crop", "pad", "rotate"):
        assert bindable(EFFECTS[name].node) == ()


def test_a_glitch_on_hits_alone_leaves_the_others_as_they_are(tmp_path, grain):
    hits = Curve(
        rate_num=100, rate_den=1, low=0, high=ONE, values=(0,),
        hits=tuple(Hit(at_ms=at, value=ONE) for at in (400, 1200)),
    )  # fmt: skip
    render(GLITCH, grain, tmp_path / "out", curves={"chance": hits})
    plain, broken = decoded(grain), decoded(tmp_path / "out")
    apart = [np.abs(a.astype(int) - b).mean() for a, b in zip(plain, broken, strict=True)]
    assert sorted(int(n) for n in np.argsort(apart)[-2:]) == [10, 30]


def test_a_still_is_seen_at_the_beginning(tmp_path, grain):
    image = tmp_path / "in.png"
    image.write_bytes(png(read_still(grain)))
    render(BLUR, image, tmp_path / "bound.png", curves={"radius": line(3, 9)})
    render(BLUR, image, tmp_path / "plain.png", BLUR.node.params(radius=Decimal(3)))
    assert (tmp_path / "bound.png").read_bytes() == (tmp_path / "plain.png").read_bytes()


def test_an_opacity_follows(tmp_path, grain):
    black = make_video(tmp_path / "b.mp4", frames=4, size=(64, 48), draw=lambda _: static(0) * 0)
    curves = {"opacity": line(0, "0.5", 1)}
    params = BLEND.node.params(mode="normal")
    render(BLEND, [black, grain], tmp_path / "out", params, curves)
    means = [frame.mean() for frame in decoded(tmp_path / "out")]
    assert means == pytest.approx([0, 64, 127, 127], abs=3)


def test_a_layer_follows_with_its_place_size_and_opacity(tmp_path):
    def flat(level):
        return lambda _number: np.full((48, 64, 3), level, np.uint8)

    base = make_video(tmp_path / "b.mp4", frames=3, size=(64, 48), draw=flat(20))
    above = make_video(tmp_path / "a.mp4", frames=3, size=(64, 48), draw=flat(220))
    curves = {
        "layers.0.position.0": line(0, 32, 32),
        "layers.0.scale": line("0.5", "0.5", "0.25"),
        "layers.0.opacity": line(1, 1, "0.5"),
    }
    render(LAYER, [base, above], tmp_path / "out", curves=curves)
    frames = [frame[..., 1].astype(int) for frame in decoded(tmp_path / "out")]
    places = [(4, 4), (4, 44), (20, 44)]
    for frame, seen in zip(frames, [(220, 20, 20), (20, 220, 220), (20, 120, 20)], strict=True):
        assert [frame[place] for place in places] == pytest.approx(seen, abs=12)


def test_layers_that_follow_what_stays_are_as_they_are_without(tmp_path, grain):
    params = LAYER.parse({"layers": [{"scale": "0.5", "opacity": "0.8", "position": [10, 4]}]})
    render(LAYER, [grain, grain], tmp_path / "plain", params)
    curves = {"layers.0.scale": steady("0.5"), "layers.0.position.1": steady(4)}
    render(LAYER, [grain, grain], tmp_path / "bound", params, curves)
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "bound").read_bytes()


def test_what_is_keyed_out_follows(tmp_path):
    def green(_number):
        return np.full((48, 64, 3), (40, 200, 40), np.uint8)

    screen = make_video(tmp_path / "v.mp4", frames=3, size=(64, 48), draw=green)
    params = CHROMA_KEY.node.params(smoothness=Decimal(0), spill=Decimal(0))
    render(CHROMA_KEY, [screen], tmp_path / "out", params, {"similarity": line(0, "1.5")})
    greens = [frame[..., 1].mean() for frame in decoded(tmp_path / "out")]
    assert greens[0] > 150
    assert max(greens[1:]) < 10


def test_a_transform_follows_and_keeps_its_speed(tmp_path, grain):
    params = TRANSFORM.node.params(speed=Decimal(2))
    render(TRANSFORM, grain, tmp_path / "out", params, {"brightness": line(0, 1)})
    means = [frame.mean() for frame in decoded(tmp_path / "out")]
    assert len(means) == 25
    assert means[0] < 140
    assert means[1:] == pytest.approx([255] * 24, abs=2)
    sound = make_audio(tmp_path / "a.wav")
    with pytest.raises(Refused, match="Sound has no brightness"):
        render(TRANSFORM, sound, tmp_path / "no", curves={"brightness": line(0, 1)})


def test_a_gain_follows_between_samples(tmp_path):
    hiss = write_sound(tmp_path / "a.flac", noise(RATE, level=0.1))
    render(GAIN, hiss, tmp_path / "out", curves={"db": line(-20, 0, rate=1)})
    gain = heard(tmp_path / "out")[0] / heard(hiss)[0]
    loud = np.abs(heard(hiss)[0]) > 0.01
    wanted = 10 ** ((np.arange(RATE) / RATE * 20 - 20) / 20)
    assert np.abs(gain / wanted - 1)[loud].max() < 0.003
    render(GAIN, hiss, tmp_path / "same", curves={"db": steady(0)})
    assert np.array_equal(heard(tmp_path / "same"), heard(hiss))


@pytest.mark.parametrize(
    ("effect", "bound", "text", "message"),
    [
        (BLUR, "radius", steady(300).to_json(), "<= 200 for `radius`"),
        (BLUR, "radius", b"{}", "not a curve"),
        (GLITCH, "bands", steady("0.5").to_json(), "is a whole number"),
        (LAYER, "layers.0.scale", steady(101).to_json(), "<= 100 for `scale`"),
        (LAYER, "layers.99999.scale", steady(1).to_json(), "cannot follow sound; these can"),
        (EFFECTS["crop"], "left", steady(1).to_json(), "cannot follow sound; nothing of crop can"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path, effect, bound, text, message):
    (tmp_path / "curve.json").write_bytes(text)
    curve = Source(path=tmp_path / "curve.json", info=None)
    with pytest.raises(Refused, match=message):
        divided(effect.node, {}, [curve, curve], {bound: 1})


async def test_a_child_refuses_a_curve_that_goes_beyond_its_parameter(tmp_path, grain):
    curve = tmp_path / "curve.json"
    curve.write_bytes(steady(300).to_json())
    with pytest.raises(Refused, match="<= 200"):
        await render_in_child(BLUR, [grain, curve], tmp_path / "1", bound={"radius": 1})
