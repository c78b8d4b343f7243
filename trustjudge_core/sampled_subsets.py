"""Inconsistent k-subsets of questions too large to count: drawn uniformly, with the interval that drawing leaves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trustjudge_core.inconsistencies import PATTERN_FLAGS
from trustjudge_core.records import UNKNOWN

MOST_DRAWN: Final = 100_000
"""Subsets drawn per question: a share is then known to about 0.3 points (95 %)."""


def draw_subsets(
    relations: NDArray[np.int8], k: int, flags: Sequence[int], size: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Known subsets among ``size`` drawn ones, then those with every flag, of one question, (n, n) -> (F + 1,)."""
    members = uniform_subsets(len(relations), k, size, rng)
    known = np.ones(size, np.bool_)
    found = np.zeros(size, np.uint8)
    codes = np.where(relations == UNKNOWN, 0, relations + 1).astype(np.int64)
    for i, j in combinations(members, 2):
        known &= relations[i, j] != UNKNOWN
    for i, j, m in combinations(members, 3):
        found |= PATTERN_FLAGS[9 * codes[i, j] + 3 * codes[j, m] + codes[i, m]]
    found[~known] = 0
    return np.array([known.sum(), *((found & flag > 0).sum() for flag in flags)], np.int64)


def uniform_subsets(n: int, k: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``size`` subsets of k out of n, each equally likely, members ascending, (k, size).

    Floyd's method (Bentley and Floyd 1987, CACM 30, 754), for all subsets at once: the next member is drawn from
    0 to m, and is m itself if that was drawn before.
    """
    members = np.empty((k, size), np.int64)
    for place, largest in enumerate(range(n - k, n)):
        drawn = rng.integers(0, largest + 1, size)
        repeated = (members[:place] == drawn).any(axis=0)
        members[place] = np.where(repeated, largest, drawn)
    members.sort(axis=0)
    return members


def drawing_interval(
    violations: NDArray[np.int64],
    subsets: NDArray[np.int64],
    drawn_known: NDArray[np.int64],
    level: float = 0.95,
) -> tuple[float, float]:
    """Interval of sum(violations) / sum(subsets) that only the drawing of subsets leaves open, (Q,) each.

    Questions with ``drawn_known`` 0 are exact. Each sampled share p of m drawn subsets has the
    variance p (1 - p) / m, with two violations and two others added (Agresti and Coull 1998, Am.
    Stat. 52, 119), so that a share of 0 or 1 still has an interval; NaN without subsets.
    """
    total = float(subsets.sum())
    if not total:
        return float("nan"), float("nan")
    sampled = drawn_known > 0
    share = violations[sampled] / np.maximum(subsets[sampled], 1)
    size = drawn_known[sampled] + 4.0
    centre = (share * drawn_known[sampled] + 2.0) / size
    spread = np.sqrt((((subsets[sampled] / total) ** 2) * centre * (1.0 - centre) / size).sum())
    middle = float((violations[~sampled].sum() + (centre * subsets[sampled]).sum()) / total)
    reach = float(ndtri((1.0 + level) / 2.0) * spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)
