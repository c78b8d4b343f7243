"""Intervals resample questions, never pairs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import binomtest

from tests.core.expanded_ends import expanded
from trustjudge_core.bootstrap import QuestionBootstrap, Ratio, bca_interval, ends, freedom, share


def left_out(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> NDArray[np.float64]:
    """The pooled ratio without one question each, (Q,)."""
    return np.asarray((counts.sum() - counts) / (totals.sum() - totals))


# t is 2.776 for 5 and 2.093 for 20 questions: Phi(-2.776 sqrt(5/4)) = 0.0010, Phi(-2.093 sqrt(20/19)) = 0.0159.
def test_few_questions_are_cut_further_out() -> None:
    for questions in (2, 5, 20, 1000):
        assert ends(questions) == pytest.approx(expanded(questions))
    assert ends(5)[0] == pytest.approx(0.0010, abs=5e-5)
    assert ends(20)[0] == pytest.approx(0.0159, abs=5e-5)
    assert ends(10**7)[0] == pytest.approx(0.025, abs=1e-6)


# One of ten questions differs: what they add is Bernoulli(1/10), of kurtosis 1 / (.1 * .9) - 3, so that the spread is
# known as badly as from 2 * 10 / (8.11 - 7/9) = 2.7 normal questions. Half of ten differ: kurtosis 1, none lost.
def test_a_spread_that_one_question_carries_is_known_badly() -> None:
    one_of_ten = np.array([0.2] + [0.3] * 9)
    assert freedom(10, one_of_ten) == pytest.approx(20 / (1 / 0.09 - 3 - 7 / 9))
    assert freedom(10, np.array([0.2, 0.3] * 5)) == 9
    assert freedom(10, np.full(10, 0.1)) == 9
    assert ends(10, one_of_ten) == pytest.approx(expanded(10, one_of_ten))


# Questions without data add nothing, and do not make the others look rare.
def test_questions_without_data_do_not_lower_the_freedom() -> None:
    values = np.random.default_rng(0).exponential(size=20)
    padded = np.concatenate([values - values.mean(), np.zeros(200)])
    assert freedom(20, padded) == pytest.approx(freedom(20, values)) != 19


def test_ratio_of_nothing_is_not_a_number() -> None:
    assert np.isnan(Ratio(0, 0, float("nan"), float("nan")).value)
    assert Ratio(0, 4, 0.0, 0.0).value == 0.0


def test_every_resample_draws_as_many_questions_as_there_are() -> None:
    weights = QuestionBootstrap(7, 500, seed=3).weights
    assert weights.shape == (500, 7)
    assert (weights.sum(axis=1) == 7).all()


def test_same_seed_same_interval_other_seed_another() -> None:
    counts, totals = np.array([1, 5, 2, 9, 4]), np.array([10] * 5)
    assert QuestionBootstrap(5, seed=1).ratio(counts, totals) == QuestionBootstrap(5, seed=1).ratio(counts, totals)
    assert QuestionBootstrap(5, seed=1).weights.tolist() != QuestionBootstrap(5, seed=2).weights.tolist()


def test_point_estimate_pools_pairs_over_questions() -> None:
    found = QuestionBootstrap(3).ratio(np.array([1, 0, 6]), np.array([2, 3, 7]))
    assert (found.count, found.total, found.value) == (7, 12, 7 / 12)


# Ten questions of 100 pairs each, of which all or none conflict: resampling pairs would give a standard error
# of sqrt(.25/1000) = 0.016, resampling questions gives that of ten draws, sqrt(.25/10) = 0.158, and the
# interval is that of the number of conflicting questions among ten, Binomial(10, 1/2)/10: 1 to 9 of 10 at t's ends.
def test_interval_of_whole_questions_is_that_of_ten_draws_not_of_a_thousand() -> None:
    counts = np.array([100, 0] * 5)
    found = QuestionBootstrap(10, 4000).ratio(counts, np.full(10, 100))
    expected = stats.binom(10, 0.5).ppf(expanded(10)) / 10
    assert (found.low, found.high) == (pytest.approx(expected[0]), pytest.approx(expected[1]))


# SciPy's percentile bootstrap over the same ten (count, total) pairs.
def test_interval_agrees_with_scipy() -> None:
    rng = np.random.default_rng(0)
    totals = rng.integers(5, 40, 30)
    counts = rng.binomial(totals, rng.beta(2, 5, 30))
    found = QuestionBootstrap(30, 5000).ratio(counts, totals)
    other = stats.bootstrap(
        (counts, totals),
        lambda c, t, axis: c.sum(axis=axis) / t.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=5000,
        method="percentile",
        confidence_level=1 - 2 * expanded(30, left_out(counts, totals))[0],
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert (found.low, found.high) == (pytest.approx(other.low, abs=0.01), pytest.approx(other.high, abs=0.01))


@pytest.mark.parametrize("questions", [0, 1])
def test_fewer_than_two_questions_give_no_interval(questions: int) -> None:
    found = QuestionBootstrap(questions).ratio(np.full(questions, 3), np.full(questions, 4))
    assert (found.count, found.total) == (3 * questions, 4 * questions)
    assert np.isnan(found.low)
    assert np.isnan(found.high)


def test_one_question_with_data_gives_no_interval_even_among_many() -> None:
    found = QuestionBootstrap(5).ratio(np.array([0, 2, 0, 0, 0]), np.array([0, 4, 0, 0, 0]))
    assert found.value == 0.5
    assert np.isnan(found.low)


def test_questions_without_pairs_do_not_pull_the_interval_to_zero() -> None:
    counts, totals = np.array([3, 3, 3, 4, 3, 0, 0, 0]), np.array([4, 4, 4, 4, 4, 0, 0, 0])
    found = QuestionBootstrap(8).ratio(counts, totals)
    assert 0.75 <= found.low < 0.8 < found.high <= 1.0
    assert np.isnan(QuestionBootstrap(8).ratio(counts - (counts == 4), totals).low), "none differs from another"


# Clopper and Pearson's interval of 0 and of n in n, from SciPy's exact binomial test.
@pytest.mark.parametrize("questions", [5, 20, 80])
def test_what_no_question_shows_may_still_be_there(questions: int) -> None:
    exact = binomtest(0, questions).proportion_ci(0.95, method="exact")
    totals = np.full(questions, 7)
    never = QuestionBootstrap(questions).ratio(np.zeros_like(totals), totals)
    always = QuestionBootstrap(questions).ratio(totals, totals)
    assert (never.low, never.high) == pytest.approx((exact.low, exact.high))
    assert (never.bca_low, never.bca_high) == (never.low, never.high)
    assert (always.low, always.high) == pytest.approx((1 - exact.high, 1.0))


# n numbers have their middle between them unless all lie on one side, 2 of 2^n cases: 87.5 % for four, 93.75 for five.
def test_fewer_than_five_questions_give_no_interval() -> None:
    rng = np.random.default_rng(0)
    for questions in (2, 4, 5):
        held = (np.abs(np.sign(rng.normal(size=(20_000, questions))).sum(axis=1)) < questions).mean()
        assert held == pytest.approx(1 - 2.0 ** (1 - questions), abs=0.01)
        found = QuestionBootstrap(questions).ratio(np.arange(questions), np.full(questions, 9))
        assert np.isnan(found.low) == np.isnan(found.bca_high) == (held < 0.93)


def test_interval_of_values_ignores_resamples_that_hold_nothing() -> None:
    values = np.array([np.nan, *np.linspace(0, 1, 101), np.inf])
    low, high = expanded(7)
    assert QuestionBootstrap.interval(values, 7) == (pytest.approx(low), pytest.approx(high))
    assert np.isnan(QuestionBootstrap.interval(np.array([np.nan, 1.0]), 7)).all()
    assert np.isnan(QuestionBootstrap.interval(values, 1)).all()


# SciPy's BCa over the same (count, total) pairs, which are skewed: one question holds half of the conflicts, so the
# corrected interval lies higher by more than two simulations of 20,000 resamples differ.
def test_corrected_interval_agrees_with_scipy() -> None:
    totals = np.full(15, 40)
    counts = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 8, 15, 36])
    found = QuestionBootstrap(15, 20_000).ratio(counts, totals)
    other = stats.bootstrap(
        (counts, totals),
        lambda c, t, axis: c.sum(axis=axis) / t.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=20_000,
        method="BCa",
        confidence_level=1 - 2 * expanded(15, left_out(counts, totals))[0],
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert found.bca_low == pytest.approx(other.low, abs=0.006)
    assert found.bca_high == pytest.approx(other.high, abs=0.03)
    assert found.bca_low > found.low + 0.01
    assert found.bca_high > found.high + 0.05


def test_questions_that_do_not_differ_say_nothing_about_others() -> None:
    found = QuestionBootstrap(6).estimate(np.tile([3, 10], (6, 1)), share)
    assert found.value == 0.3
    assert np.isnan([found.low, found.high, found.bca_low, found.bca_high, found.error]).all()


def test_a_value_outside_every_resample_has_no_corrected_interval() -> None:
    assert np.isnan(bca_interval(np.array([0.1, 0.2]), 0.3, np.array([0.1, 0.2]), 2)).all()
    assert np.isnan(bca_interval(np.array([0.1, 0.2]), float("nan"), np.array([0.1, 0.2]), 2)).all()


# The mean of 400 numbers: its error is their standard deviation / sqrt(400), the interval +- 1.96 errors.
def test_estimate_of_a_mean_has_the_error_of_a_mean() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, 400)
    found = QuestionBootstrap(400, 4000).estimate(np.stack([values, np.ones(400)], axis=1), share)
    expected = values.std(ddof=1) / 20
    assert found.value == pytest.approx(values.mean())
    assert found.error == pytest.approx(expected, rel=0.05)
    assert (found.low, found.high) == (
        pytest.approx(values.mean() - 1.96 * expected, abs=0.02),
        pytest.approx(values.mean() + 1.96 * expected, abs=0.02),
    )
    assert found.questions == 400


def test_share_of_nothing_is_not_a_number() -> None:
    assert np.isnan(share(np.array([[0.0, 0.0]]))).all()
    assert share(np.array([1.0, 4.0])) == 0.25
