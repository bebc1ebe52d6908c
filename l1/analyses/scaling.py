"""From measured values to whole numbers."""

import numpy as np
from numpy.typing import ArrayLike


def thousandths(values: ArrayLike, *, least: float = 0.0) -> tuple[int, ...]:
    """Write values, none negative, in thousandths of the largest; all 0 when that is below `least`."""
    given = np.asarray(values, np.float64)
    largest = float(given.max(initial=0))
    if largest <= least:
        return (0,) * len(given)
    return tuple(np.rint(given * (1000 / largest)).astype(int).tolist())
