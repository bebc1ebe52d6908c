import numpy as np

from l1.assets.cat import SIZE, draw_cat
from l1.effects.dog import DogParams, dog_sight
from l1.media.probing import probe
from l1.media.stills import read_still


def test_the_cat_is_drawn_with_the_same_bytes_twice():
    assert draw_cat() == draw_cat()


def test_the_cat_is_a_picture_that_a_dog_sees_otherwise(tmp_path):
    path = tmp_path / "cat.png"
    path.write_bytes(draw_cat())
    info = probe(path)
    assert (info.kind, info.video.width, info.video.height) == ("image", SIZE, SIZE)
    cat = read_still(path)
    seen = dog_sight(DogParams())(cat)
    assert np.abs(cat.red.astype(int) - seen.red).mean() > 10
    assert len(np.unique(cat.red)) > 50
