import pytest

from l1.content.feature_names import FEATURES, found_in, meant
from l1.content.features import Features


def test_every_feature_has_a_field():
    assert set(FEATURES) == set(Features.__struct_fields__)


@pytest.mark.parametrize(
    ("called", "name"),
    [("beats", "beats"), ("BPM", "tempo"), (" scene-changes ", "scenes"), ("spectrum", "bands")],
)
def test_a_feature_is_known_by_the_names_that_it_has_elsewhere(called, name):
    assert meant(called) == name


def test_some_features_are_found_in_pictures_and_some_in_sound():
    assert found_in(["beats", "scene_changes"]) == ("video",)
    assert found_in(["beats", "key", "metadata"]) == ("audio",)
    assert found_in(["metadata"]) == ()
