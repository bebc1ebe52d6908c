from decimal import Decimal
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from PIL import Image

from l1.content.cid import Cid
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.effects.generate import GENERATE, GenerateParams
from l1.effects.layer import LAYER, Layer, LayerParams
from l1.errors import Refused
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, make_video, packets_of

GREY = (100, 100, 100)


def base_of(path, frames=10, **given):
    return make_video(path, frames=frames, draw=lambda _: np.full((64, 96, 3), 100, "u1"), **given)


def image(path, size, rgba):
    Image.new("RGBA" if len(rgba) == 4 else "RGB", size, rgba).save(path)
    return path


def lay(paths, output, *layers):
    render(LAYER, paths, output, LayerParams(layers=layers))
    info = probe(output)
    assert info.problem == ""
    return info


def seen(picture):
    """Name the rows and columns that are not grey, from first to last."""
    rows, columns = np.nonzero(np.abs(np.asarray(picture, int) - GREY).max(axis=2) > 60)
    return (rows.min(), rows.max(), columns.min(), columns.max()) if rows.size else None


@pytest.mark.parametrize(
    ("layer", "box"),
    [
        (Layer(), (0, 7, 0, 15)),
        (Layer(position=(10, 20)), (20, 27, 10, 25)),
        (Layer(position=("100%", "100%")), (56, 63, 80, 95)),
        (Layer(position=("50%", "50%")), (28, 35, 40, 55)),
        (Layer(position=(-8, 60)), (60, 63, 0, 7)),
        (Layer(position=("50%", 0), scale=Decimal(2)), (0, 15, 32, 63)),
        (Layer(position=(200, 0)), None),
        (Layer(scale=Decimal(100)), (0, 63, 0, 95)),
    ],
)
def test_a_logo_lies_where_it_was_put(tmp_path, layer, box):
    base, logo = base_of(tmp_path / "a.mp4", 2), image(tmp_path / "b.png", (16, 8), (255, 255, 0))
    lay([base, logo], tmp_path / "c.mp4", layer)
    assert seen(decoded(tmp_path / "c.mp4")[1]) == box


def test_transparency_and_opacity_let_the_base_through(tmp_path):
    base = image(tmp_path / "a.png", (20, 20), GREY)
    logo = Image.new("RGBA", (20, 20), (200, 0, 0, 0))
    logo.paste((200, 0, 0, 255), (0, 0, 10, 20))
    logo.save(tmp_path / "b.png")
    lay([base, tmp_path / "b.png"], tmp_path / "c.png", Layer(opacity=Decimal("0.5")))
    found = read_still(tmp_path / "c.png")
    assert set(found.red[:, :10].ravel()) == {150}
    assert set(found.red[:, 10:].ravel()) == {100}
    assert found.alpha is None


def test_the_last_layer_is_on_top_and_a_clear_base_stays_clear(tmp_path):
    base = image(tmp_path / "a.png", (9, 7), (1, 2, 3, 0))
    one, two = (image(tmp_path / f"{n}.png", (4, 4), (n, n, n)) for n in (10, 20))
    lay([base, one, two], tmp_path / "c.png", Layer(), Layer(position=(2, 2)))
    found = read_still(tmp_path / "c.png")
    assert (found.red[1, 1], found.red[3, 3], found.red[5, 5]) == (10, 20, 20)
    assert (found.alpha[3, 3], found.alpha[0, 8]) == (255, 0)


def test_a_video_lies_over_a_video_from_its_start_to_its_end(tmp_path):
    base = base_of(tmp_path / "a.mp4", 30, audio="aac")
    top = make_video(
        tmp_path / "b.mp4", frames=20, rate=50, draw=lambda _: np.full((64, 96, 3), 255, "u1")
    )
    info = lay([base, top], tmp_path / "c.mp4", Layer(start=Decimal("0.4"), scale=Decimal("0.5")))
    assert (info.video.frames, info.duration_us) == (30, 1_200_000)
    assert packets_of(tmp_path / "c.mp4") == packets_of(base)
    there = [seen(shot) is not None for shot in decoded(tmp_path / "c.mp4")]
    assert there == [10 <= number < 20 for number in range(30)]


def test_a_still_is_there_until_it_shall_end_and_a_late_one_never(tmp_path):
    base, logo = base_of(tmp_path / "a.mp4", 20), image(tmp_path / "b.png", (16, 8), (255, 255, 0))
    lay([base, logo], tmp_path / "c.mp4", Layer(start=Decimal("0.2"), end=Decimal("0.4")))
    there = [seen(shot) is not None for shot in decoded(tmp_path / "c.mp4")]
    assert there == [5 <= number < 10 for number in range(20)]
    lay([base, logo], tmp_path / "d.mp4", Layer(start=Decimal(50)))
    assert not any(seen(shot) for shot in decoded(tmp_path / "d.mp4"))


def test_the_transparency_of_videos_and_animated_images_counts(tmp_path):
    with av.open(str(tmp_path / "b.mov"), "w") as out:
        stream = out.add_stream("qtrle", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 8, "argb"
        for number in range(4):
            picture = np.zeros((8, 16, 4), "u1")
            picture[:, :8] = (255, 0, 0, 255)
            frame = VideoFrame.from_ndarray(picture, "rgba").reformat(format="argb")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    base = base_of(tmp_path / "a.mp4", 4)
    lay([base, tmp_path / "b.mov"], tmp_path / "c.mp4")
    assert seen(decoded(tmp_path / "c.mp4")[3]) == (0, 7, 0, 7)
    shots = [Image.new("RGBA", (16, 8), (0, 0, 0, 0)) for _ in range(2)]
    for number, shot in enumerate(shots):
        shot.paste((255, 0, 0, 255), (8 * number, 0, 8 * number + 8, 8))
    shots[0].save(
        tmp_path / "d.gif", save_all=True, append_images=shots[1:], duration=80, disposal=2
    )
    lay([base, tmp_path / "d.gif"], tmp_path / "e.mp4")
    found = decoded(tmp_path / "e.mp4")
    assert (seen(found[0]), seen(found[3])) == ((0, 7, 0, 7), (0, 7, 8, 15))


def test_wide_pixels_are_counted(tmp_path):
    base = base_of(tmp_path / "a.mp4", 1, aspect=Fraction(2))
    logo = image(tmp_path / "b.png", (16, 8), (255, 255, 0))
    lay([base, logo], tmp_path / "c.mp4")
    assert seen(decoded(tmp_path / "c.mp4")[0]) == (0, 7, 0, 7)


def planned(source, **config):
    step = RecipeStep(id="s", type="OVERLAY", inputs=("v", "v"), config=config)
    recipe = Recipe(name="r", inputs={"v": RecipeInput()}, steps=(step,), output="s")
    cid = Cid("a" * 64)
    return plan(recipe, {"v": cid}, {cid: probe(source)}, {"layer": LAYER.node}, "d", "").steps[-1]


def test_layers_have_one_form_in_either_spelling(tmp_path):
    source = base_of(tmp_path / "a.mp4", 1)
    ours = planned(source, layers=[{"position": ["50.0%", 4], "opacity": 1}])
    origin = planned(source, inputs=[{}, {"position": [" 50%", "4"], "scale": 1}])
    assert ours.key == origin.key
    assert ours.params == {"layers": [{"position": ["50%", 4]}]}
    assert planned(source, layers=[{}, {}]).params == {}
    assert LAYER.parse(ours.params) == LayerParams(layers=(Layer(position=("50%", 4)),))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"layers": [{"position": ["half", 0]}]}, "'half' is no place"),
        ({"layers": [{"start": 2, "end": 1}]}, "`end` of a layer comes after"),
        ({"inputs": [{"opacity": Decimal("0.5")}]}, "the first of `inputs` is the base"),
        ({"inputs": [{}], "layers": [{}]}, "either `layers` or `inputs`"),
        ({"layers": [{}, {"scale": 2}]}, "2 entries in `layers` and 1 inputs"),
        ({"layers": [{"opacity": 2}]}, "<= 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_runs(tmp_path, config, message):
    source = base_of(tmp_path / "a.mp4", 1)
    with pytest.raises(Refused, match=message):
        planned(source, **config)


def test_too_many_layers_sound_and_a_still_base_under_a_video_are_refused(tmp_path):
    clip, sound = base_of(tmp_path / "a.mp4", 1), make_audio(tmp_path / "a.wav")
    still = image(tmp_path / "b.png", (4, 4), GREY)
    for inputs, message in (
        ([clip] * 18, "a base and 1 to 16 layers, and got 18"),
        ([clip], "got 1 inputs"),
        ([clip, sound], "input 2 is audio"),
        ([still, clip], "make a video of the image first"),
    ):
        with pytest.raises(Refused, match=message):
            render(LAYER, inputs, tmp_path / "c.mp4")


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    clips = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for clip, pattern in zip(clips, ("bars", "gradient"), strict=True):
        render(GENERATE, [], clip, GenerateParams(pattern=pattern, **small))
    layer = Layer(position=(11, "50%"), scale=Decimal("0.37"), opacity=Decimal("0.6"))
    lay(clips, tmp_path / "c.mp4", layer)
    params = {"layers": [{"position": [11, "50%"], "scale": "0.37", "opacity": "0.6"}]}
    made, _ = await render_in_child(LAYER, clips, tmp_path / "d", params)
    assert made.read_bytes() == (tmp_path / "c.mp4").read_bytes()
    assert fingerprint(made) == "2aeb8710305edc49"
