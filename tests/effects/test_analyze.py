"""ANALYZE: what it stands for in a recipe, and how documents are joined."""

import pytest

from l1.content.feature_names import OF_SOUND
from l1.content.features import Energy, Features, Tempo
from l1.content.media_info import MediaInfo
from l1.dag.params import parse_params
from l1.dag.recipe import RecipeStep
from l1.effects.analyze import ANALYZE, expand
from l1.effects.effect import Job, Source
from l1.errors import Refused

OPAQUE = MediaInfo(kind="data", media_type="application/json")


def expanded(config):
    step = RecipeStep(id="heard", type="ANALYZE", config=config, inputs=("music",))
    return expand(step, parse_params(ANALYZE.node, config), {})


def joined(tmp_path, *documents):
    sources = []
    for number, document in enumerate(documents):
        path = tmp_path / str(number)
        path.write_bytes(document.to_json())
        sources.append(Source(path=path, info=OPAQUE))
    job = Job(
        sources=tuple(sources),
        params=ANALYZE.node.params(),
        output=tmp_path / "output",
        progress=lambda _done, _total: None,
        note=print,
    )
    ANALYZE.render(job)
    return job.output.read_bytes()


@pytest.mark.parametrize(
    "config", [{"features": "tempo"}, {"features": ["TEMPO"]}, {"feature": "tempo"}]
)
def test_one_feature_is_the_step_itself(config):
    (step,) = expanded({**config, "engine": "librosa"})
    assert step == RecipeStep(
        id="heard", type="TEMPO", config={"engine": "librosa"}, inputs=("music",)
    )


def test_several_features_are_one_step_each_and_one_that_joins_them():
    energy_and_beats = expanded({"features": ["energy", "beats"]})
    assert energy_and_beats == expanded({"features": ["beats", "energy", "beats"]})
    assert [(step.id, step.type, step.inputs) for step in energy_and_beats] == [
        ("heard.beats", "BEATS", ("music",)),
        ("heard.energy", "ENERGY", ("music",)),
        ("heard", "ANALYZE", ("heard.beats", "heard.energy")),
    ]


def test_all_means_all_and_nothing_means_beats():
    assert [step.id for step in expanded({"features": "all"})] == [
        *(f"heard.{name}" for name in OF_SOUND),
        "heard",
    ]
    assert [step.type for step in expanded({})] == ["BEATS"]


def test_an_unknown_feature_is_refused_with_what_was_perhaps_meant():
    with pytest.raises(Refused, match="no feature 'beets'; did you mean 'beats'"):
        expanded({"features": ["beets"]})


def test_documents_are_joined_into_one(tmp_path):
    tempo = Tempo(tempo_mbpm=120_000, confidence=900)
    energy = Energy(duration_ms=100, hop_ms=50, values=(1, 1000))
    joint = joined(tmp_path, Features(tempo=tempo), Features(energy=energy))
    assert Features.read(joint) == Features(tempo=tempo, energy=energy)
    assert joint == joined(tmp_path, Features(energy=energy), Features(tempo=tempo))


def test_what_is_no_document_is_refused(tmp_path):
    (tmp_path / "text").write_text("dance")
    source = Source(path=tmp_path / "text", info=OPAQUE)
    job = Job(sources=(source,), params=None, output=tmp_path / "out", progress=print, note=print)
    with pytest.raises(Refused, match="not an analysis of sound"):
        ANALYZE.render(job)


def test_scenes_are_found_when_they_are_named():
    assert "heard.scenes" not in [step.id for step in expanded({"features": "all"})]
    ids = [step.id for step in expanded({"features": ["all", "scenes"]})]
    assert ids == [*(f"heard.{name}" for name in OF_SOUND), "heard.scenes", "heard"]


def test_features_are_found_by_the_names_that_they_have_elsewhere():
    asked = ["metadata", "scene-changes", "Spectrum", "motion_tempo"]
    assert [step.type for step in expanded({"features": asked})] == [
        "BANDS",
        "SCENES",
        "MOTION_TEMPO",
        "ANALYZE",
    ]


def test_metadata_alone_are_what_the_probe_finds():
    (step,) = expanded({"features": "metadata"})
    assert step == RecipeStep(id="heard", type="PROBE", inputs=("music",))
