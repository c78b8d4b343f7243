"""Intervals of strengths: the quantiles of rankings made again from resampled questions, one by one."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.core.expanded_ends import expanded
from trustjudge_core import kemeny as kemeny_module
from trustjudge_core import ranking_intervals
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.bradley_terry import bradley_terry, soft_bradley_terry
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.comparisons import Comparisons
from trustjudge_core.hodge_ranking import hodge_rank
from trustjudge_core.kemeny import kemeny
from trustjudge_core.ranking import Ranking, copeland, expected_score
from trustjudge_core.ranking_intervals import interval_of, resampled_strengths, with_interval

Counts = NDArray[np.float64]


METHODS: dict[str, Callable[[Comparisons], Ranking]] = {
    "copeland": lambda c: copeland(c.wins, c.ties),
    "bradley_terry": lambda c: bradley_terry(c.wins, c.ties),
    "bradley_terry_soft": lambda c: soft_bradley_terry(c.soft_wins, c.soft_ties, c.wins),
    "kemeny": lambda c: kemeny(c.wins, c.ties),
    "hodge_rank": lambda c: hodge_rank(c.flow, c.compared, c.wins),
}


def per_question(seed: int, questions: int, n: int) -> Comparisons:
    """Random judgments of every pair of each question, 1 winning more often."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet((1.5, 0.8, 0.4), (questions, n, n))
    upper = np.triu(np.ones((n, n)), 1) > 0
    first, second, tie = (np.where(upper, probs[..., k], 0.0) for k in range(3))
    choice = np.where(upper, np.argmax(probs, axis=-1), -1)
    turned = (0, 2, 1)
    logit = np.where(upper, np.log(first + tie / 2 + ~upper) - np.log(second + tie / 2 + ~upper), 0.0)
    wins = (choice == 0) + (choice == 1).transpose(turned)
    ties = (choice == 2) | (choice == 2).transpose(turned)
    return Comparisons(
        wins.astype(float),
        ties.astype(float),
        first + second.transpose(turned),
        tie + tie.transpose(turned),
        logit - logit.transpose(turned),
    )


def cuts(method: str, comparisons: Comparisons) -> list[tuple[float, float]]:
    """Where the intervals of every entry begin and end, from rankings without one question each; Kemeny has none."""
    questions = len(comparisons.wins)
    weights = 1.0 - np.eye(questions)
    without_one = np.array([METHODS[method](comparisons.resampled(w[None]).of_question(0)).strength for w in weights])
    return [expanded(questions, None if method == "kemeny" else entry) for entry in without_one.T]


@pytest.mark.parametrize("method", METHODS)
def test_intervals_are_the_quantiles_of_resampled_rankings(method: str) -> None:
    comparisons = per_question(5, 12, 4)
    bootstrap = QuestionBootstrap(12, 200, seed=1)
    point = METHODS[method](comparisons.pooled())
    found = with_interval(point, comparisons, bootstrap)
    resampled = [comparisons.resampled(w[None]) for w in bootstrap.weights.astype(float)]
    draws = np.array([METHODS[method](some.of_question(0)).strength for some in resampled])
    draws = draws[np.isfinite(draws).all(axis=1)]
    ends = zip(draws.T, cuts(method, comparisons), strict=True)
    low, high = np.transpose([np.quantile(entry, cut) for entry, cut in ends])
    assert found.low == pytest.approx(low, abs=2e-3)
    assert found.high == pytest.approx(high, abs=2e-3)
    assert found.strength.tolist() == point.strength.tolist()
    assert (found.low <= found.high).all()


def of_counts(wins: Counts, ties: Counts) -> Comparisons:
    """Tallies in which probabilities are the relations."""
    return Comparisons(wins, ties, wins, ties, wins - wins.transpose(0, 2, 1))


def test_one_question_has_no_interval() -> None:
    comparisons = per_question(6, 1, 3)
    found = with_interval(METHODS["copeland"](comparisons.pooled()), comparisons, QuestionBootstrap(1))
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


def test_entries_that_cannot_be_ranked_have_no_interval_either() -> None:
    narrow = per_question(7, 8, 3)
    wide = np.zeros((2, 8, 4, 4))
    wide[:, :, :3, :3] = narrow.wins, narrow.ties  # the fourth entry was never compared
    comparisons = of_counts(*wide)
    found = with_interval(METHODS["copeland"](comparisons.pooled()), comparisons, QuestionBootstrap(8, 100))
    assert np.isnan([found.strength[3], found.low[3], found.high[3]]).all()
    assert np.isfinite(found.low[:3]).all()


def test_strengths_that_often_do_not_exist_have_no_interval() -> None:
    wins = np.zeros((10, 2, 2))
    wins[:9, 0, 1] = 1
    wins[9, 1, 0] = 1  # the only upset is missing from a third of the resamples, (9/10)^10
    comparisons = of_counts(wins, np.zeros_like(wins))
    found = with_interval(METHODS["bradley_terry"](comparisons.pooled()), comparisons, QuestionBootstrap(10, 200))
    assert np.isfinite(found.strength).all()
    assert np.isnan(found.low).all()
    said = re.fullmatch(r"no interval: in (\d+) % of resamples some strengths have no finite value", found.remark)
    assert said is not None
    assert 25 <= int(said[1]) <= 45  # 100 (9/10)^10 is 35


def test_very_many_entries_have_a_kemeny_order_without_an_interval() -> None:
    comparisons = per_question(8, 5, kemeny_module.MOST_RESAMPLED + 1)
    point = kemeny(comparisons.pooled().wins, comparisons.pooled().ties, SolverClock(0.0, 0.0))
    found = with_interval(point, comparisons, QuestionBootstrap(5, 50))
    assert np.isnan(found.low).all()
    assert "no interval" in found.remark


# 0 wins each of the thirty questions against each other entry, and the others tie, so every resample is one-sided.
def test_one_sided_strengths_have_no_interval() -> None:
    wins, ties = np.zeros((30, 3, 3)), np.zeros((30, 3, 3))
    wins[:, 0, 1:] = 1
    ties[:, 1, 2] = ties[:, 2, 1] = 1
    comparisons = of_counts(wins, ties)
    found = with_interval(METHODS["bradley_terry"](comparisons.pooled()), comparisons, QuestionBootstrap(30, 100))
    assert np.isnan([*found.strength, *found.low]).all()
    assert found.rank.tolist() == [1, 2, 2]


# The same resamples ranked one by one: best and worst place of 95 % of them.
@pytest.mark.parametrize("method", METHODS)
def test_rank_ranges_are_those_of_resampled_rankings(method: str) -> None:
    comparisons = per_question(3, 15, 4)
    bootstrap = QuestionBootstrap(15, 150, seed=2)
    found = with_interval(METHODS[method](comparisons.pooled()), comparisons, bootstrap)
    rankings = [METHODS[method](comparisons.resampled(w[None]).of_question(0)) for w in bootstrap.weights]
    places = np.sort([r.rank for r in rankings if np.isfinite(r.strength).all()], axis=0)
    # Of m sorted places the end at p is number ceil(p m).
    ends = zip(places.T, cuts(method, comparisons), strict=True)
    low, high = np.transpose([[entry[int(np.ceil(end * len(entry))) - 1] for end in cut] for entry, cut in ends])
    assert found.rank_low is not None
    assert found.rank_high is not None
    assert found.rank_low.tolist() == low.tolist()
    assert found.rank_high.tolist() == high.tolist()


# Mean scores of a clear winner and two equals: whoever leads always leads, the equals share places 2 and 3.
def test_a_clear_winner_has_one_rank_and_equals_have_two() -> None:
    wins, ties = np.zeros((40, 3, 3)), np.zeros((40, 3, 3))
    wins[:, 0, 1:] = 1.0
    wins[::2, 1, 2] = wins[1::2, 2, 1] = 1.0
    wins[0, 1, 0] = wins[1, 2, 0] = 1.0  # so that nobody wins everything
    comparisons = of_counts(wins, ties)
    found = with_interval(copeland(wins.sum(0), ties.sum(0)), comparisons, QuestionBootstrap(40, 500))
    assert found.rank_low is not None
    assert found.rank_high is not None
    assert (found.rank_low.tolist(), found.rank_high.tolist()) == ([1, 2, 2], [1, 3, 3])


# The corrected interval of a mean score against SciPy's BCa of the same mean.
def test_corrected_interval_of_a_mean_score_agrees_with_scipy() -> None:
    scores = np.random.default_rng(4).gamma(4.0, 0.5, (30, 2)) + np.array([0.0, 2.0])
    bootstrap = QuestionBootstrap(30, 10_000)
    point = expected_score(scores.mean(axis=0), np.zeros((2, 2)))
    draws = bootstrap.weights @ scores / 30
    found = interval_of(point, draws, (scores.sum(axis=0) - scores) / 29, np.array([30, 30]))
    assert found.bca_low is not None
    assert found.bca_high is not None
    for n in range(2):
        other = stats.bootstrap(
            (scores[:, n],),
            np.mean,
            n_resamples=10_000,
            method="BCa",
            confidence_level=1 - 2 * expanded(30, scores[:, n])[0],
            rng=np.random.default_rng(1),
        ).confidence_interval
        assert found.bca_low[n] == pytest.approx(other.low, abs=0.02)
        assert found.bca_high[n] == pytest.approx(other.high, abs=0.05)


def test_one_question_gives_no_rank_range() -> None:
    comparisons = per_question(1, 1, 3)
    found = with_interval(copeland(comparisons.wins[0], comparisons.ties[0]), comparisons, QuestionBootstrap(1))
    assert (found.rank_low, found.rank_high, found.bca_low) == (None, None, None)


def test_hundreds_of_entries_are_resampled_less_often_but_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more than two entries are many, three are: the first 50 resamples, as if only those were drawn."""
    each = per_question(3, 12, 3)
    ranking = METHODS["bradley_terry"](each.pooled())
    monkeypatch.setattr(ranking_intervals, "MANY", 2)
    monkeypatch.setattr(ranking_intervals, "RESAMPLES_OF_MANY", 50)
    whole = QuestionBootstrap(len(each.wins), 400, 1)
    drawn = resampled_strengths(ranking, each, whole)
    assert drawn.shape == (50, 3)
    monkeypatch.setattr(ranking_intervals, "MANY", 3)
    assert drawn == pytest.approx(resampled_strengths(ranking, each, whole)[:50])
