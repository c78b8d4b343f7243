"""How much of the preferences a ranking explains (HodgeRank)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cyclicity(flow: NDArray[np.float64]) -> float:
    """Share of an edge flow that no scores explain, |Y - grad s|^2 / |Y|^2, (n, n) antisymmetric -> [0, 1].

    HodgeRank (Jiang, Lim, Yao, Ye 2011): s solves least squares over the pairs that are known;
    NaN entries are unknown. NaN when there are no pairs; 0 when the flow is zero everywhere.
    """
    i, j = np.nonzero(np.triu(~np.isnan(flow), 1))
    if not len(i):
        return float("nan")
    y = flow[i, j]
    energy = float(y @ y)
    if energy == 0.0:
        return 0.0
    gradient = np.zeros((len(i), len(flow)))
    gradient[np.arange(len(i)), i] = 1.0
    gradient[np.arange(len(i)), j] = -1.0
    scores = np.linalg.lstsq(gradient, y, rcond=None)[0]
    residual = y - gradient @ scores
    return float(residual @ residual) / energy
