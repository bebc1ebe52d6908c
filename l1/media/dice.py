"""Bytes that look thrown by dice and are the same on every machine.

Philox (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11) counts
instead of remembering, so any picture's bytes can be thrown without those before it. NumPy
promises that a bit generator's raw stream never changes.
"""

import numpy as np
from numpy.typing import NDArray

MOST = 2**53 - 1
"""The largest seed, so that it stays exact in JSON."""


def thrown(seed: int, number: int, count: int) -> NDArray[np.uint8]:
    """Throw `count` bytes for the picture `number`."""
    words = np.random.Philox(key=np.array([seed, number], np.uint64)).random_raw((count + 7) // 8)
    return np.asarray(words, "<u8").view(np.uint8)[:count]
