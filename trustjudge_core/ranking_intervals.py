"""Intervals of the strengths of a pooled ranking, from resampled questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core import hodge_ranking, kemeny
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.bradley_terry import strengths_of_many
from trustjudge_core.comparisons import Comparisons
from trustjudge_core.ranking import Ranking

BRADLEY_TERRY_RESAMPLES: Final = 1000
MOST_WITHOUT: Final = 0.05
"""Where more than this share of resamples has no finite strengths, no interval is given."""


def resampled_strengths(
    ranking: Ranking, comparisons: Comparisons, bootstrap: QuestionBootstrap
) -> NDArray[np.float64]:
    """Strengths by the ranking's method from resampled questions, (R, n); NaN rows where there are none."""
    if ranking.method in ("bradley_terry", "bradley_terry_soft"):
        some = comparisons.resampled(bootstrap.weights[:BRADLEY_TERRY_RESAMPLES])
        start = ranking.strength if np.isfinite(ranking.strength).all() else None
        if ranking.method == "bradley_terry":
            return strengths_of_many(some.wins, some.ties, start)
        return strengths_of_many(some.soft_wins, some.soft_ties, start)
    if ranking.method == "kemeny":
        if len(ranking.strength) > kemeny.MOST_RESAMPLED:
            return np.full((1, len(ranking.strength)), np.nan)
        some = comparisons.resampled(bootstrap.weights[: kemeny.RESAMPLES])
        return kemeny.resampled(some.wins)
    every = comparisons.resampled(bootstrap.weights)
    if ranking.method == "hodge_rank":
        return hodge_ranking.strengths(every.flow, every.compared)
    return np.asarray(np.sign(every.wins - every.wins.transpose(0, 2, 1)).sum(axis=2), np.float64)


def with_interval(ranking: Ranking, comparisons: Comparisons, bootstrap: QuestionBootstrap) -> Ranking:
    """The same pooled ranking with 95 % intervals of its strengths.

    ``comparisons`` are per question, (Q, n, n). Copeland and HodgeRank use every resample, Bradley-Terry the first
    1,000, Kemeny the first 200 and none above 30 entries. Resamples in which strengths have no finite value are
    left out, and if they are more than one in twenty no interval is given.
    """
    if not len(bootstrap.weights) or not np.isfinite(ranking.strength).any():
        return ranking
    draws = resampled_strengths(ranking, comparisons, bootstrap)
    ranked = np.isfinite(ranking.strength)
    usable = np.asarray(np.isfinite(draws[:, ranked]).all(axis=1), np.bool_)
    if usable.mean() < 1.0 - MOST_WITHOUT:
        return replace(ranking, remark="; ".join(filter(None, (ranking.remark, _why_none(ranking, usable)))))
    low, high = np.where(ranked, np.quantile(draws[usable], [0.025, 0.975], axis=0), np.nan)
    return replace(ranking, low=low, high=high)


def _why_none(ranking: Ranking, usable: NDArray[np.bool_]) -> str:
    if ranking.method == "kemeny" and len(ranking.strength) > kemeny.MOST_RESAMPLED:
        return f"no interval: more than {kemeny.MOST_RESAMPLED} entries take too long to resample"
    without = 100.0 * (1.0 - usable.mean())
    return f"no interval: in {without:.0f} % of resamples some strengths have no finite value"
