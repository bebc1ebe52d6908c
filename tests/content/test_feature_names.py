import pytest

from l1.content.feature_names import FEATURES, meant, need_pictures
from l1.content.features import Features


def test_every_feature_has_a_field():
    assert set(FEATURES) == set(Features.__struct_fields__)


@pytest.mark.parametrize(
    ("called", "name"),
    [("beats", "beats"), ("BPM", "tempo"), (" scene-changes ", "scenes"), ("spectrum", "bands")],
)
def test_a_feature_is_known_by_the_names_that_it_has_elsewhere(called, name):
    assert meant(called) == name


def test_some_features_are_found_in_pictures():
    assert need_pictures(["beats", "scene_changes"])
    assert not need_pictures(["beats", "key"])
