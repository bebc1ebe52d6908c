"""The documents of analyses: canonical, read strictly, merged without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.features import Beats, Energy, Features, Key, Onsets, Tempo, Waveform, merge
from l1.errors import Refused

TIMES = st.sets(st.integers(0, 10**6), max_size=20).map(lambda found: tuple(sorted(found)))
BEATS = TIMES.flatmap(
    lambda times: st.builds(
        Beats,
        duration_ms=st.integers(0, 10**7),
        tempo_mbpm=st.integers(0, 10**6),
        confidence=st.integers(0, 1000),
        beats_ms=st.just(times),
        downbeats_ms=st.just(times[::4]),
    )
)


@given(BEATS)
def test_a_document_read_again_is_the_same(beats):
    document = Features(beats=beats, tempo=Tempo(tempo_mbpm=120_000, confidence=7))
    assert Features.read(document.to_json()) == document
    assert Features.read(document.to_json()).to_json() == document.to_json()


def test_a_document_has_one_key_for_each_feature():
    document = Features(tempo=Tempo(tempo_mbpm=120_000, confidence=900))
    assert document.to_json() == b'{"tempo":{"confidence":900,"tempo_mbpm":120000}}'


def test_documents_are_merged_by_feature():
    tempo, energy = Tempo(tempo_mbpm=1, confidence=2), Energy(duration_ms=1, hop_ms=1, values=(5,))
    assert merge([Features(tempo=tempo), Features(energy=energy)]) == Features(
        tempo=tempo, energy=energy
    )


def test_one_feature_found_twice_is_refused():
    with pytest.raises(Refused, match="'tempo'"):
        merge([Features(tempo=Tempo(tempo_mbpm=n, confidence=0)) for n in (1, 2)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"RIFF",
        b'{"beats":{}}',
        b'{"brightness":{}}',
        b'{"tempo":{"confidence":1001,"tempo_mbpm":1}}',
        b'{"tempo":{"confidence":1,"tempo_mbpm":1.5}}',
        b'{"onsets":{"duration_ms":9,"onsets_ms":[2,1],"strengths":[1,1]}}',
        b'{"onsets":{"duration_ms":9,"onsets_ms":[1,2],"strengths":[1]}}',
        b'{"waveform":{"duration_ms":9,"hop_ms":0,"low":[],"high":[]}}',
        b'{"key":{"confidence":0,"duration_ms":9,"notes":[1,2],"tuning_cents":0}}',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused_with_a_sentence(data):
    with pytest.raises(Refused, match="not an analysis of sound"):
        Features.read(data)


def test_downbeats_are_beats():
    with pytest.raises(ValueError, match="downbeats_ms"):
        Beats(duration_ms=9, tempo_mbpm=0, confidence=0, beats_ms=(1,), downbeats_ms=(2,))


def test_rows_have_one_length():
    with pytest.raises(ValueError, match="one length"):
        Waveform(duration_ms=1, hop_ms=1, low=(0,), high=())
    with pytest.raises(ValueError, match="one length"):
        Onsets(duration_ms=1, onsets_ms=(1,), strengths=())


def test_a_key_has_a_tonic_and_a_mode():
    with pytest.raises(ValueError, match="`tonic` and `mode`"):
        Key(duration_ms=1, tonic=4, confidence=0, notes=(0,) * 12, tuning_cents=0)
