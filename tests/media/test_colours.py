import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.media.colours import NAMES, colour, colour_text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("black", (0, 0, 0, 255)),
        (" White ", (255, 255, 255, 255)),
        ("#1a2B3c", (26, 43, 60, 255)),
        ("1a2b3c", (26, 43, 60, 255)),
        ("#f80", (255, 136, 0, 255)),
        ("#f808", (255, 136, 0, 136)),
        ("#01020304", (1, 2, 3, 4)),
        ("transparent", (0, 0, 0, 0)),
    ],
)
def test_a_colour_is_read_as_it_is_commonly_written(text, meant):
    assert colour(text) == meant


@pytest.mark.parametrize("text", ["", "#", "bleu", "#12345", "#gggggg", "#1234567", "rgb(1,2,3)"])
def test_what_is_no_colour_is_refused_with_what_is_taken(text):
    with pytest.raises(ValueError, match="#rrggbb or one of black"):
        colour(text)


@given(st.binary(min_size=4, max_size=4))
def test_equal_colours_have_one_form(raw):
    text = colour_text("#" + raw.hex())
    assert colour(text) == tuple(raw)
    assert colour_text(text) == text == colour_text(text.upper())


def test_every_name_has_its_form():
    assert {colour(colour_text(name)) for name in NAMES} == set(NAMES.values())
