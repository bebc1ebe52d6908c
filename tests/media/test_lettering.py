import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.media.colours import colour
from l1.media.lettering import Lettering, Mask, inked, lettered, missing
from l1.media.pictures import Picture

PRINTED = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@settings(max_examples=40)
@given(
    lines=st.lists(PRINTED, min_size=1, max_size=5),
    size=st.integers(1, 60),
    frame=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    margin=st.integers(0, 40),
    place=st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
)
def test_any_text_in_any_frame_covers_nothing_outside_of_it(lines, size, frame, margin, place):
    lettering = Lettering(
        text="\n".join(lines), size=size, pitch=size, align="right", place=place, margin=margin
    )
    mask = lettered(lettering, frame)
    assert mask.left + mask.cover.shape[1] <= frame[0]
    assert mask.top + mask.cover.shape[0] <= frame[1]


def test_the_font_has_english_and_says_what_it_has_not():
    assert missing("".join(map(chr, range(32, 127))) + "\n\u2019\u2026") == ""
    assert missing("caf\u00e9 \u4f60") == "\u00e9\u4f60"


@given(
    place=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    moved=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    cover=st.integers(0, 255),
)
def test_a_mask_may_lie_partly_outside(place, moved, cover):
    ground = np.full((5, 6), 40, np.uint8)
    picture = Picture(red=ground, green=ground, blue=ground, alpha=ground)
    mask = Mask(left=place[0], top=place[1], cover=np.full((3, 4), cover, np.uint8))
    made = inked(picture, mask, colour("white"), right=moved[0], down=moved[1])
    left, top = place[0] + moved[0], place[1] + moved[1]
    inside = np.zeros((5, 6), bool)
    inside[max(0, top) : max(0, top + 3), max(0, left) : max(0, left + 4)] = True
    assert (made.red[~inside] == 40).all()
    assert (made.alpha >= 40).all()
    if cover == 255:
        assert (made.red[inside] == 255).all()
        assert (made.alpha[inside] == 255).all()
