import numpy as np
import pytest
from PIL import Image

from l1.errors import Refused
from l1.media.stills import png, read_still
from tests.media.making import make_audio


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "LA", "1", "I;16"])
def test_a_png_of_any_kind_is_read_and_written_without_loss(tmp_path, mode):
    ramp = np.add.outer(np.arange(48), np.arange(60)).astype(np.uint8)
    image = Image.fromarray(ramp).convert("RGBA" if mode == "LA" else "RGB")
    image = Image.fromarray(ramp.astype(np.uint16) << 8) if mode == "I;16" else image.convert(mode)
    image.save(tmp_path / "a.png")
    written = tmp_path / "b.png"
    written.write_bytes(png(read_still(tmp_path / "a.png")))
    after = Image.open(written)
    shape = "RGBA" if mode in {"RGBA", "LA", "P"} else "RGB"
    assert after.mode == shape
    expected = Image.fromarray(ramp) if mode == "I;16" else image
    difference = np.asarray(after).astype(int) - np.asarray(expected.convert(shape))
    assert np.abs(difference).max() <= (1 if mode == "I;16" else 0)


def test_the_orientation_of_a_photograph_is_carried_out(tmp_path):
    image = Image.new("RGB", (64, 32), (10, 20, 200))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    picture = read_still(tmp_path / "a.jpg")
    assert (picture.width, picture.height) == (32, 64)


def test_writing_twice_gives_the_same_bytes(tmp_path):
    Image.new("RGBA", (33, 20), (1, 2, 3, 77)).save(tmp_path / "a.png")
    assert len({png(read_still(tmp_path / "a.png")) for _ in range(3)}) == 1


def test_what_is_no_image_is_refused(tmp_path):
    with pytest.raises(Refused, match="no picture"):
        read_still(make_audio(tmp_path / "a.wav"))
