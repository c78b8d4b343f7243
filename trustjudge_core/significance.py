"""Is a difference more than chance, which of many are, and how small a difference could have been seen at all.

Tests shuffle questions, as intervals resample them: nothing is assumed about pairs inside a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import false_discovery_control

from trustjudge_core.bootstrap import reach
from trustjudge_core.sampled_subsets import uniform_subsets

POWER: Final = 0.8
"""The smallest detectable difference is found in so many of such studies."""

SHUFFLES: Final = 10_000
_MOST_FLIPPED: Final = 12  # questions whose 2^n sign flips are all tried
_ENOUGH: Final = 200  # questions above which the sum of flips is as good as normal
_MANY: Final = 30  # questions on either side above which a sum of drawn questions is as good as normal


def paired_p_value(differences: NDArray[np.float64], rng: np.random.Generator) -> float:
    """Two-sided p-value of per-question differences, (Q,), if either side could as well have been the other.

    The sign of each question's difference is flipped at random (Fisher's randomisation test): all
    ways for up to 12 questions, 10,000 draws up to 200, the normal limit above. NaN for fewer than two questions.
    """
    used = differences[np.isfinite(differences)]
    if used.size < 2:
        return float("nan")
    size = abs(used.sum())
    if not used.any():
        return 1.0
    near = 1e-9 * np.abs(used).sum()  # sums that are equal on paper may differ in the last digit
    if used.size <= _MOST_FLIPPED:
        flips = np.array(list(product((1.0, -1.0), repeat=used.size)))
        return float((np.abs(flips @ used) >= size - near).mean())
    if used.size <= _ENOUGH:
        flips = rng.choice(np.array([1.0, -1.0]), (SHUFFLES, used.size))
        return float((1 + (np.abs(flips @ used) >= size - near).sum()) / (1 + SHUFFLES))
    return float(2.0 * ndtr(-size / np.sqrt((used**2).sum())))


def group_p_value(
    counts: NDArray[np.int64], totals: NDArray[np.int64], inside: NDArray[np.bool_], rng: np.random.Generator
) -> float:
    """Two-sided p-value that the questions ``inside`` have another ratio than the rest, (Q,) each.

    Compared is the sum inside of d = count - pooled ratio * total with that of as many questions
    drawn at random: 10,000 draws, or the normal limit (variance m (n - m) / (n (n - 1)) sum d^2)
    where both sides have at least 30 questions. NaN unless both sides have data.
    """
    used = totals > 0
    counts, totals, inside = counts[used], totals[used], inside[used]
    n, m = len(counts), int(inside.sum())
    if m == 0 or m == n:
        return float("nan")
    gaps = counts - totals * (counts.sum() / totals.sum())
    size = abs(gaps[inside].sum())
    if not np.abs(gaps).max() > 0:
        return 1.0
    if min(m, n - m) >= _MANY:
        spread = np.sqrt(m * (n - m) / (n * (n - 1)) * (gaps**2).sum())
        return float(2.0 * ndtr(-size / spread))
    # The sums of both sides cancel, so the smaller one may be drawn.
    drawn = np.abs(gaps[uniform_subsets(n, min(m, n - m), SHUFFLES, rng)].sum(axis=0))
    near = 1e-9 * np.abs(gaps).sum()
    return float((1 + (drawn >= size - near).sum()) / (1 + SHUFFLES))


def q_values(p_values: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg q-values of those p-values that are known; NaN stays NaN."""
    known = np.isfinite(np.array(p_values, np.float64))
    q = np.full(len(known), np.nan)
    if known.any():
        q[known] = false_discovery_control(np.array(p_values, np.float64)[known], method="bh")
    return q.tolist()


def smallest_detectable(error: float, questions: int) -> float:
    """The true difference whose 95 % interval leaves out zero in 80 % of such studies of so many questions.

    ``error`` is the standard error over resamples: 2.80 of it for very many questions, 2.99 for 20. NaN for fewer than
    two.
    """
    return float((reach(questions) + ndtri(POWER)) * error) if questions >= 2 else float("nan")
