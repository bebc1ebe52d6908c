"""One analysis among those of its run, drawn."""

from collections.abc import Sequence

from l1.actions.find_analyses import Analysed
from l1.web.plotting import Plot, plot


def draw_analysis(analysed: Analysed, beside: Sequence[Analysed]) -> Plot | None:
    """Draw one analysis; beats over the waveform of the same sound, where that is beside it."""
    waves = {each.of: each.found for each in beside if each.feature == "waveform"}
    if not analysed.found:
        return None
    return plot(analysed.feature, analysed.found, behind=waves.get(analysed.of))
