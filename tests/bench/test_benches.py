"""Every benchmark runs in a tiny size and fills its rows. What it measures there means nothing."""

from pathlib import Path

import pytest

import bench
from bench.benchmark import Benchmark, Row, Setting, Target
from bench.table import draw
from l1 import catalog

BENCHES = catalog.values(bench, Benchmark, named=lambda each: each.name)


@pytest.mark.storm
@pytest.mark.parametrize("name", BENCHES)
async def test_a_benchmark_measures_both_sides(name: str, tmp_path: Path) -> None:
    setting = Setting(home=tmp_path, size="quick")
    rows = [row async for row in BENCHES[name].measure(setting)]
    assert rows
    for row in rows:
        assert row.ours > 0
        assert row.theirs > 0 or not row.peer


def test_the_table_shows_the_median_ratio_and_whether_the_target_is_met() -> None:
    row = Row(
        what="append",
        peer="raw",
        unit="facts/s",
        pairs=((10.0, 10.0), (30.0, 10.0), (20.0, 10.0)),
        target=Target(sign=">=", bound=2.5),
    )
    line = draw([row], ["2 cores"]).splitlines()[4]
    assert line.split() == ["append", "20.0", "10.0", "facts/s", "2.00", "1.00..3.00", "3", ">=",
                            "2.5", "MISSED", "raw"]  # fmt: skip


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().out
