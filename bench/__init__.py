"""Measures this project against named peers, in the same run, on the same machine.

`main` runs the benchmarks of this folder, one file each, and prints one table.
"""

import asyncio
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bench.benchmark import Benchmark, Row, Setting

Size = Literal["full", "quick"]


def main(names: Sequence[str] = (), size: Size = "full") -> int:
    """Run the benchmarks named (all of them by default), print the table, answer an exit code.

    A missed target is printed, not an error. The code is 2 for a name that does not exist, 1 when
    a benchmark broke; what the others measured is printed all the same.
    """
    import bench  # noqa: PLC0415 - the package scans itself
    from bench.benchmark import Benchmark, Row, Setting  # noqa: PLC0415
    from bench.machine import describe  # noqa: PLC0415
    from bench.table import draw  # noqa: PLC0415
    from l1 import catalog  # noqa: PLC0415

    found = catalog.values(bench, Benchmark, named=lambda each: each.name)
    if unknown := set(names) - set(found):
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(found)}")
        return 2
    with tempfile.TemporaryDirectory(prefix="artdag-bench-") as home:
        folder = Path(home)
        before = describe(folder)
        rows: list[Row] = []
        broken = 0
        for name in names or found:
            print(f"{name} ...", file=sys.stderr, flush=True)
            try:
                asyncio.run(_measure(found[name], Setting(home=folder, size=size), rows))
            except Exception:  # noqa: BLE001 - the others are worth measuring
                traceback.print_exc()
                broken = 1
        print(draw(rows, [*before, *describe(folder, again=True)]))
    return broken


async def _measure(benchmark: "Benchmark", setting: "Setting", rows: "list[Row]") -> None:
    async for row in benchmark.measure(setting):
        rows.append(row)
