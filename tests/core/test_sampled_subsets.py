"""Subsets drawn at random: every one as likely, and the interval of what they show."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy import stats

from trustjudge_core.sampled_subsets import drawing_interval, uniform_subsets


@pytest.mark.parametrize(("n", "k"), [(6, 3), (7, 6), (5, 5)])
def test_every_subset_is_drawn_equally_often(n: int, k: int) -> None:
    drawn = uniform_subsets(n, k, 40_000, np.random.default_rng(0))
    assert (np.diff(drawn, axis=0) > 0).all()
    assert (drawn.min(), drawn.max()) == (0, n - 1)
    seen = [tuple(members) for members in drawn.T.tolist()]
    counts = [seen.count(members) for members in combinations(range(n), k)]
    assert sum(counts) == 40_000
    if comb(n, k) > 1:
        assert stats.chisquare(counts).pvalue > 1e-4


def counts(*values: int) -> np.ndarray:
    """Counts of questions."""
    return np.array(values, np.int64)


# One question: 300 of 1,000 drawn subsets violate. Agresti and Coull: (300 + 2) / 1004 +- 1.96 sqrt(p (1 - p) / 1004).
def test_interval_of_one_question_by_hand() -> None:
    low, high = drawing_interval(counts(30_000), counts(100_000), counts(1_000))
    centre = 302 / 1004
    reach = 1.959964 * (centre * (1 - centre) / 1004) ** 0.5
    assert (low, high) == (pytest.approx(centre - reach), pytest.approx(centre + reach))


def test_no_violation_among_the_drawn_does_not_mean_none() -> None:
    low, high = drawing_interval(counts(0), counts(10**9), counts(100))
    assert low == 0.0
    # The rule of three: 0 of 100 allows about 3 % at 95 % confidence (one-sided); two-sided a little more.
    assert 0.03 < high < 0.06


def test_exact_questions_leave_nothing_open() -> None:
    assert drawing_interval(counts(3, 1), counts(10, 10), counts(0, 0)) == (0.2, 0.2)


def test_nothing_known_has_no_interval() -> None:
    assert np.isnan(drawing_interval(counts(0), counts(0), counts(5))).all()


# 2,000 samples of 200 from a known share: nominal 95 % must cover 93 to 98 %.
@pytest.mark.parametrize("share", [0.02, 0.3, 0.95])
def test_interval_covers_the_share_as_often_as_it_says(share: float) -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for found in rng.binomial(200, share, 2000).tolist():
        low, high = drawing_interval(counts(found * 1000), counts(200_000), counts(200))
        covered += low <= share <= high
    assert 0.93 <= covered / 2000 <= 0.985
