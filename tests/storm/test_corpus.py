"""Every damaged file of the corpus in the real sandbox: probed, rendered, analysed, twice."""

import pytest

from tests.media.corpus import mutants, originals
from tests.storm import storming
from tests.workers.ordeal import assert_survived, ordeals, table


@pytest.mark.storm
async def test_no_damaged_file_of_the_corpus_crashes_or_hangs_a_child(tmp_path):
    whole = list(originals(tmp_path))
    chosen = list(mutants(whole, each=3))
    ended = await ordeals(chosen, whole, tmp_path)
    title = f"Damaged media: {len(ended)} files, made/refused/failed"
    storming.FIGURES.append((title, table(ended)))
    assert len(ended) >= 220
    assert_survived(ended)
