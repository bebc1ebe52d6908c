"""Damaged media in the real sandbox: a sample; the whole corpus is in tests/storm."""

import random

import pytest

from l1.cli.sample import MUSIC, VIDEO, sample
from tests.media.corpus import cut_from, mutants, originals
from tests.workers.ordeal import assert_survived, ordeals, table


async def test_a_damaged_file_is_refused_in_words_or_rendered_alike_each_time(tmp_path):
    whole = list(originals(tmp_path))
    chosen = random.Random(4).sample(list(mutants(whole, each=1)), 20)
    assert_survived(await ordeals(chosen, whole, tmp_path))


@pytest.mark.real
async def test_so_is_each_damaged_beginning_of_a_real_film_or_song(tmp_path):
    film, song = (sample(each, tmp_path / "samples") for each in (VIDEO, MUSIC))
    whole = list(cut_from(film, song, tmp_path))
    ended = await ordeals(list(mutants(whole, each=4)), whole, tmp_path)
    print(f"{len(ended)} files, made/refused/failed: {table(ended)}")
    assert len(ended) >= 220
    assert_survived(ended)
