"""Ends of the intervals of few questions, from SciPy's distributions and its kurtosis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def expanded(questions: int, without_one: NDArray[np.float64] | None = None) -> tuple[float, float]:
    """Where an expanded percentile interval (Hesterberg 2015) cuts sorted resamples.

    With values ``without_one`` question each, t has the degrees of freedom of O'Neill 2014.
    """
    degrees = questions - 1.0
    if without_one is not None and np.ptp(without_one) > 0:
        kurtosis, n = stats.kurtosis(without_one, fisher=False), len(without_one)
        degrees = min(degrees, max(1.0, 2 * n / (kurtosis - (n - 3) / (n - 1))))
    tail = stats.norm.cdf(stats.t(degrees).ppf(0.025) * np.sqrt(questions / (questions - 1)))
    return tail, 1 - tail
