"""What a judge that answers at random would reach, and how much better a judge is than that."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray


def chance_level(k: int, tie_rate: float) -> float:
    """NTR_k of a judge that draws every relation independently with that tie rate; NaN for a NaN rate.

    One minus the probability that the drawn relations are a weak order: summed over the sizes
    of its tie groups, k!/prod(b!) orders, each with t per tied and (1-t)/2 per decided pair.
    """
    return float(chance_levels(k, np.array([tie_rate]))[0])


def chance_levels(k: int, tie_rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """`chance_level` of many tie rates, (...) -> (...); exact for every k."""
    rate = np.where((tie_rates >= 0.0) & (tie_rates <= 1.0), tie_rates, np.nan)
    win = (1.0 - rate) / 2.0
    # consistent[m] sums the weight of all weak orders on m responses, by the size of the best group.
    consistent = [np.ones_like(rate)]
    for m in range(1, k + 1):
        consistent.append(
            sum(
                (comb(m, b) * rate ** comb(b, 2) * win ** (b * (m - b)) * consistent[m - b] for b in range(1, m + 1)),
                np.zeros_like(rate),
            )
        )
    return 1.0 - consistent[k]


def chance_corrected(ratio: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - NTR / chance, (...) and (...) -> (...): 1 = no inconsistency, 0 = as at random, below 0 = worse than that.

    As kappa corrects agreement (Cohen 1960). NaN where a random judge would make no inconsistency either: a judge
    that only ties shows nothing.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        corrected = 1.0 - ratio / chance
    return np.where(chance > 1e-12, corrected, np.nan)
