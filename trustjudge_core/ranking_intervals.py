"""Intervals of the strengths and ranks of a pooled ranking, from resampled questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core import hodge_ranking, kemeny
from trustjudge_core.bootstrap import FEWEST, QuestionBootstrap, bca_interval, ends
from trustjudge_core.bradley_terry import strengths_of_many
from trustjudge_core.comparisons import Comparisons, weighted, without_one
from trustjudge_core.davidson_many import FOR_INTERVALS
from trustjudge_core.never_compared import among, spread
from trustjudge_core.ranking import Ranking, expected_score, ranks

BRADLEY_TERRY_RESAMPLES: Final = 1000
MANY: Final = 100
RESAMPLES_OF_MANY: Final = 400
"""Above so many entries fewer resamples are ranked: each takes tens of milliseconds by every method."""

MOST_WITHOUT: Final = 0.05
"""Where more than this share of resamples has no finite strengths, no interval is given."""

_AT_ONCE: Final = 2_000_000  # comparisons of strengths held at once
_CELLS_AT_ONCE: Final = 20_000_000  # cells of resampled tables held at once, 160 MB


def with_interval(ranking: Ranking, comparisons: Comparisons, bootstrap: QuestionBootstrap) -> Ranking:
    """The same pooled ranking with 95 % intervals of its strengths and ranks.

    ``comparisons`` are per question, (Q, n, n). Copeland and HodgeRank use every resample, Bradley-Terry the first
    1,000, Kemeny the first 200, without the correction by the jackknife, and none above MOST_RESAMPLED entries.
    Above MANY entries every other method uses the first RESAMPLES_OF_MANY.
    """
    if not len(bootstrap.weights) or not np.isfinite(ranking.strength).any():
        return ranking
    ranked = np.flatnonzero(np.isfinite(ranking.strength))
    if len(ranked) < len(ranking.strength):
        found = with_interval(among(ranking, ranked), comparisons.among(ranked), bootstrap)
        return replace(spread(found, ranked, len(ranking.strength)), contradicted=ranking.contradicted)
    draws = resampled_strengths(ranking, comparisons, bootstrap)
    questions = np.any(comparisons.compared > 0, axis=2).sum(axis=0)
    if ranking.method == "kemeny":
        return interval_of(ranking, draws, None, questions)
    return interval_of(ranking, draws, strengths_of(ranking, comparisons, without_one), questions)


def resampled_strengths(
    ranking: Ranking, comparisons: Comparisons, bootstrap: QuestionBootstrap
) -> NDArray[np.float64]:
    """Strengths by the ranking's method from resampled questions, (R, n); NaN rows where there are none."""
    weights = bootstrap.weights
    if ranking.method == "kemeny":
        if len(ranking.strength) > kemeny.MOST_RESAMPLED:
            return np.full((1, len(ranking.strength)), np.nan)
        return kemeny.resampled(weighted(comparisons.wins, weights[: kemeny.RESAMPLES]))
    if ranking.method in ("bradley_terry", "bradley_terry_soft"):
        weights = weights[:BRADLEY_TERRY_RESAMPLES]
    if len(ranking.strength) > MANY:
        weights = weights[:RESAMPLES_OF_MANY]
    pieces = max(1, len(weights) * len(ranking.strength) ** 2 // _CELLS_AT_ONCE)
    return np.concatenate(
        [
            strengths_of(ranking, comparisons, partial(weighted, weights=some))
            for some in np.array_split(weights, pieces)
        ]
    )


def strengths_of(
    ranking: Ranking, each: Comparisons, summed: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Strengths by the ranking's method of R sums over questions, (R, n); NaN rows where there are none.

    ``summed`` turns a tally per question, (Q, n, n), into R sums (R, n, n); only what the method needs is summed.
    """
    start = ranking.strength if np.isfinite(ranking.strength).all() else None
    if ranking.method == "bradley_terry":
        return strengths_of_many(summed(each.wins), summed(each.ties), start, FOR_INTERVALS)
    if ranking.method == "bradley_terry_soft":
        return strengths_of_many(summed(each.soft_wins), summed(each.soft_ties), start, FOR_INTERVALS)
    if ranking.method == "hodge_rank":
        return hodge_ranking.strengths(summed(each.flow), summed(each.compared))
    wins = summed(each.wins)
    return np.asarray(np.sign(wins - wins.transpose(0, 2, 1)).sum(axis=2), np.float64)


def mean_score(
    sums: NDArray[np.float64], counts: NDArray[np.float64], wins: NDArray[np.float64], bootstrap: QuestionBootstrap
) -> Ranking:
    """Order by mean score with intervals, from sums and counts of scores per question and entry, (Q, n) each."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ranking = expected_score(sums.sum(axis=0) / counts.sum(axis=0), wins)
        draws = (bootstrap.weights @ sums) / (bootstrap.weights @ counts)
        without_one = (sums.sum(axis=0) - sums) / (counts.sum(axis=0) - counts)
    return interval_of(ranking, draws, without_one, (counts > 0).sum(axis=0)) if len(draws) else ranking


def interval_of(
    ranking: Ranking,
    draws: NDArray[np.float64],
    without_one: NDArray[np.float64] | None,
    questions: NDArray[np.int64],
) -> Ranking:
    """The ranking with intervals from resampled strengths (R, n) and, for the correction, those without one question
    each (Q, n). So many ``questions`` (n,) hold each entry; where it is fewer than FEWEST there is no interval.

    Entries that the ranking does not rank take no part. Resamples in which strengths have no finite value are
    left out; if they are more than one in twenty no interval is given, and the remark says so.
    """
    ranked = np.isfinite(ranking.strength)
    several = np.flatnonzero(ranked & (questions >= FEWEST))
    if not len(several):
        return ranking
    usable = np.asarray(np.isfinite(draws[:, ranked]).all(axis=1), np.bool_)
    if usable.mean() < 1.0 - MOST_WITHOUT:
        return replace(ranking, remark="; ".join(filter(None, (ranking.remark, _why_none(ranking, usable)))))
    kept = np.where(ranked, draws[usable], np.nan)
    pieces = max(1, kept.size * kept.shape[1] // _AT_ONCE)
    places = np.concatenate([ranks(some) for some in np.array_split(kept, pieces)])
    percentile, bca = np.full((2, 2, len(ranked)), np.nan)
    place = np.zeros((2, len(ranked)), np.int64)
    for n, count in zip(several.tolist(), questions[several].tolist(), strict=True):
        cut = ends(count, None if without_one is None else without_one[:, n])
        percentile[:, n] = np.quantile(kept[:, n], cut)
        # A rank is a place that some resample had, so it is not interpolated.
        place[:, n] = np.quantile(places[:, n], cut, method="inverted_cdf")
        if without_one is not None:
            bca[:, n] = bca_interval(kept[:, n], float(ranking.strength[n]), without_one[:, n], count)
    found = replace(ranking, low=percentile[0], high=percentile[1], rank_low=place[0], rank_high=place[1])
    return found if without_one is None else replace(found, bca_low=bca[0], bca_high=bca[1])


def _why_none(ranking: Ranking, usable: NDArray[np.bool_]) -> str:
    if ranking.method == "kemeny" and len(ranking.strength) > kemeny.MOST_RESAMPLED:
        return f"no interval: more than {kemeny.MOST_RESAMPLED} entries take too long to resample"
    without = 100.0 * (1.0 - usable.mean())
    return f"no interval: in {without:.0f} % of resamples some strengths have no finite value"
