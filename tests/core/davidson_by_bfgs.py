"""A second opinion on strengths with ties: SciPy's BFGS on Davidson's likelihood, written out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Counts = NDArray[np.float64]


def davidson_by_bfgs(wins: Counts, ties: Counts) -> Counts:
    """Log-strengths, mean 0, that maximise Davidson's likelihood (1970), (n, n) and (n, n) -> (n,)."""
    n = len(wins)

    def loss(x: Counts) -> float:
        total = 0.0
        for i in range(n):
            for j in range(i + 1, n):
                odds = [np.exp(x[i]), np.exp(x[j]), np.exp(x[n] + (x[i] + x[j]) / 2)]
                for count, odd in zip((wins[i, j], wins[j, i], ties[i, j]), odds, strict=True):
                    total -= count * np.log(odd / sum(odds))
        return float(total)

    found = minimize(loss, np.zeros(n + 1), method="BFGS", options={"gtol": 1e-6}).x[:n]
    centred: Counts = found - found.mean()
    return centred
