"""Draws the one table."""

from collections.abc import Sequence

from bench.benchmark import Row

_HEAD = ("measurement", "ours", "peer", "unit", "ratio", "min..max", "n", "target", "peer is")


def draw(rows: Sequence[Row], machine: Sequence[str]) -> str:
    """Draw the machine, the table, and what has to be known to read it."""
    cells = [_HEAD, *(_cells(number, row) for number, row in enumerate(rows, 1))]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
             for line in cells]  # fmt: skip
    lines.insert(1, "-" * max(map(len, lines)))
    notes = [f"[{number}] {row.note}" for number, row in enumerate(rows, 1) if row.note]
    ratio = "ratio: ours / peer, the median over n interleaved pairs; figures are medians"
    return "\n".join([*machine, "", *lines, "", ratio, *notes])


def _cells(number: int, row: Row) -> tuple[str, ...]:
    mark = f" [{number}]" if row.note else ""
    ratio = row.ratio
    return (
        row.what + mark,
        _figure(row.ours),
        _figure(row.theirs) if ratio is not None else "",
        row.unit,
        "" if ratio is None else f"{ratio:.2f}",
        "" if ratio is None else f"{min(row.ratios):.2f}..{max(row.ratios):.2f}",
        str(len(row.pairs)),
        _target(row, ratio),
        row.peer,
    )


def _target(row: Row, ratio: float | None) -> str:
    if row.target is None or ratio is None:
        return ""
    verdict = "met" if row.target.met(ratio) else "MISSED"
    return f"{row.target.sign} {row.target.bound:g} {verdict}"


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"
