"""The best path through rows of scores, when every move from row to row has its price."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from l1.analyses.periodicity import Signal


def best_path(
    scores: Signal, *, moves: Sequence[int], price: float, wraps: bool
) -> NDArray[np.int64]:
    """Choose a column in each row (Viterbi's algorithm).

    A move by m columns costs `price` times m squared. With `wraps` the columns are a circle.
    """
    rows, columns = scores.shape
    steps = np.array(moves)[:, None]
    every = np.arange(columns)
    origin = every - steps  # row m tells from where the move m arrives at each column
    cost = np.broadcast_to(price * steps**2, origin.shape).astype(np.float64)
    if not wraps:
        cost[(origin < 0) | (origin >= columns)] = np.inf
    origin %= columns
    choice = np.zeros((rows, columns), np.int8)
    total = scores[0]
    for row in range(1, rows):
        arriving = total[origin] - cost
        choice[row] = arriving.argmax(axis=0)
        total = scores[row] + arriving[choice[row], every]
    path = np.zeros(rows, np.int64)
    path[-1] = total.argmax()
    for row in range(rows - 1, 0, -1):
        path[row - 1] = origin[choice[row, path[row]], path[row]]
    return path
