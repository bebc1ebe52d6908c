"""Pictures of what analyses found."""

import msgspec

from l1.content.curve import Curve, Hit
from l1.content.features import Key, Loudness, Scenes, Silence
from l1.web.plotting import HEIGHT, WIDTH, plot, plot_curve


def drawn(feature, found):
    return plot(feature, msgspec.to_builtins(found))


def test_loudness_is_a_curve_from_minus_70_to_0():
    found = Loudness(duration_ms=300, hop_ms=100, range_clu=0, momentary_clufs=(-7000, -3500, 300))
    (curve,) = drawn("loudness", found).curves
    heights = [float(point.split(",")[1]) for point in curve.path.split()[1:-2]]
    assert heights == [HEIGHT, HEIGHT / 2, 0]


def test_a_sound_too_short_for_a_curve_is_drawn_all_the_same():
    found = Loudness(duration_ms=30, hop_ms=100, range_clu=0, momentary_clufs=())
    (curve,) = drawn("loudness", found).curves
    assert curve.path.count(",") == 3


def test_silence_stands_where_it_is():
    (curve,) = drawn("silence", Silence(duration_ms=1000, starts_ms=(0,), ends_ms=(500,))).curves
    heights = [float(point.split(",")[1]) for point in curve.path.split()[1:-2]]
    assert heights == [0] * 250 + [HEIGHT] * 250


def test_scenes_are_marks():
    found = Scenes(duration_ms=1000, frames=25, cuts=(10,), cuts_ms=(400,))
    assert drawn("scenes", found).marks == [400.0]


def test_what_is_said_of_the_whole_is_not_drawn():
    found = Key(duration_ms=1000, confidence=0, notes=(0,) * 12, tuning_cents=0)
    assert drawn("key", found) is None


def test_a_curve_stands_between_its_ends_whichever_is_the_larger():
    curve = Curve(
        rate_num=10, rate_den=1, low=8, high=4, values=(8, 6, 4), hits=(Hit(at_ms=150, value=4),)
    )
    drawn = plot_curve(curve)
    heights = [float(point.split(",")[1]) for point in drawn.curves[0].path.split()[1:-2]]
    assert heights == [HEIGHT, HEIGHT / 2, 0]
    assert (drawn.duration_ms, drawn.marks) == (300, [WIDTH / 2])
    flat = plot_curve(Curve(rate_num=1, rate_den=1, low=5, high=5, values=(5,), repeats=True))
    assert flat.duration_ms == 1000
