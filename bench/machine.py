"""What the figures were measured on."""

import os
import platform
import time
from pathlib import Path
from statistics import median

_SYNCS = 50


def describe(folder: Path, *, again: bool = False) -> list[str]:
    """Describe the machine as it is at this moment."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    moment = "at the end" if again else "at the start"
    lines = [] if again else [f"{platform.platform()}, Python {platform.python_version()}"]
    synced = f"fdatasync of 4 KiB {sync_ms(folder):.2f} ms (median of {_SYNCS})"
    return [*lines, f"{moment}: {os.cpu_count()} cores, load {load}, {synced}"]


def sync_ms(folder: Path) -> float:
    """Measure how long the disk takes to make 4 KiB durable, in milliseconds."""
    took = []
    path = folder / "sync"
    with path.open("wb") as file:
        for _ in range(_SYNCS):
            file.write(b"\0" * 4096)
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - start)
    path.unlink()
    return median(took) * 1000
