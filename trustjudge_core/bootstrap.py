"""Intervals that resample questions, never pairs: pairs of one question share responses.

Everything an audit shares out is a function of sums over questions, so a resample is a row of
weights and thousands of them are one matrix product. Two intervals come from the same resamples:
percentile, and BCa (Efron 1987, JASA 82, 171), which corrects for bias and for skewness by the
jackknife over questions. Both are widened for few questions as a t interval is wider than a normal one
(docs/decisions/0012-intervals-of-few-questions.md), without which 95 % intervals of 20 questions hold the truth in
92 % of cases (docs/validity.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

LEVEL: Final = 0.95

Columns = NDArray[np.integer] | NDArray[np.floating]
"""What every question adds to a few sums, (Q, C)."""

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Sums over questions to a number, (..., C) -> (...)."""

_NAN: Final = float("nan")

FEWEST: Final = 5
"""From fewer questions there is no interval. Resamples of n questions stay between the smallest and the largest, and n
draws have the middle of what they were drawn from between them with probability 1 - 2^(1 - n): 94 % for five."""

NOTHING: Final = 1e-24
"""Rounding leaves gaps of 1e-17 where every question says the same; their squares are to count as nothing."""

ALIKE: Final = 1e-12
"""Resamples no further apart than this are all the same."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """count / total with its 95 % intervals; NaN where there is not enough data.

    ``low`` and ``high`` are the percentile interval, ``bca_low`` and ``bca_high`` the corrected one.
    """

    count: int
    total: int
    low: float
    high: float
    bca_low: float = _NAN
    bca_high: float = _NAN

    @property
    def value(self) -> float:
        """The ratio, NaN for a total of zero."""
        return self.count / self.total if self.total else _NAN


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number computed from all questions with its 95 % intervals and the standard error over resamples.

    ``questions`` had data for it. NaN where there is not enough data.
    """

    value: float
    low: float
    high: float
    bca_low: float
    bca_high: float
    error: float
    questions: int


class QuestionBootstrap:
    """Resamples of Q questions, drawn once and shared by every number of an audit.

    Two numbers are then compared on the same resamples. The weights are how often each question
    was drawn, (resamples, Q).
    """

    def __init__(self, questions: int, resamples: int = 2000, seed: int = 0) -> None:
        self.questions = questions
        draw = _kept if questions * resamples <= _MOST_KEPT else _drawn
        self.weights: NDArray[np.float64] = draw(questions, resamples if questions >= 2 else 0, seed)

    def ratio(self, counts: NDArray[np.int64], totals: NDArray[np.int64]) -> Ratio:
        """Pooled ratio sum(counts) / sum(totals) over questions, (Q,) and (Q,), with its intervals."""
        return self.ratios([(counts, totals)])[0]

    def ratios(self, tallies: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> list[Ratio]:
        """`ratio` of several counts and totals, in one pass over the resamples."""
        found = self.estimates([np.stack(tally, axis=1) for tally in tallies], share)
        return [self._ratio(*tally, one) for tally, one in zip(tallies, found, strict=True)]

    @staticmethod
    def _ratio(counts: NDArray[np.int64], totals: NDArray[np.int64], found: Estimate) -> Ratio:
        """The ratio with the intervals found, or where all questions say none, or all, with what that leaves open."""
        count, total = int(counts.sum()), int(totals.sum())
        percentile, bca = (found.low, found.high), (found.bca_low, found.bca_high)
        if count in (0, total) and found.questions >= FEWEST:
            percentile = bca = of_nothing(found.questions) if count == 0 else of_everything(found.questions)
        return Ratio(count, total, *percentile, *bca)

    def estimate(self, columns: Columns, statistic: Statistic) -> Estimate:
        """A statistic of the sums of per-question ``columns``, (Q, C), with its intervals.

        A question whose columns are all zero has no data. With fewer than FEWEST that have there is no interval, nor
        where all resamples are equal: that questions do not differ at all says nothing about others.
        """
        return self.estimates([columns], statistic)[0]

    def estimates(self, tables: Sequence[Columns], statistic: Statistic) -> list[Estimate]:
        """`estimate` of several tables, (Q, C) each, in one pass over the resamples: reading those takes longest."""
        if not tables:
            return []
        columns = np.concatenate([table.astype(np.float64) for table in tables], axis=1)
        # In this order: the product of both transposed takes three times as long where two threads share one core.
        sums = self.weights @ columns  # (resamples, all columns)
        parts = (np.split(both, len(tables), axis=1) for both in (columns, sums))
        return [self._estimate(own, resampled, statistic) for own, resampled in zip(*parts, strict=True)]

    @staticmethod
    def _estimate(columns: NDArray[np.float64], resampled: NDArray[np.float64], statistic: Statistic) -> Estimate:
        """From per-question columns, (Q, C), and their resampled sums, (R, C)."""
        used = columns.any(axis=1)
        count = int(used.sum())
        total = columns.sum(axis=0)
        value = float(statistic(total))
        low = high = bca_low = bca_high = error = _NAN
        if count >= FEWEST and len(resampled):
            draws = statistic(resampled)
            draws = draws[np.isfinite(draws)]
            without_one = statistic(total - columns[used])
            if draws.size >= 2 and np.ptp(draws) > ALIKE:
                low, high = QuestionBootstrap.interval(draws, count, without_one)
                error = float(draws.std(ddof=1))
                bca_low, bca_high = bca_interval(draws, value, without_one, count)
        return Estimate(value, low, high, bca_low, bca_high, error, count)

    @staticmethod
    def interval(
        values: NDArray[np.floating], questions: int, without_one: NDArray[np.float64] | None = None
    ) -> tuple[float, float]:
        """95 % percentile interval of resampled values, ignoring resamples that hold none.

        ``questions`` is how many had data; the values ``without_one`` of them each say whether a few carry most.
        """
        finite = values[np.isfinite(values)]
        if finite.size < 2 or questions < FEWEST:
            return _NAN, _NAN
        low, high = np.quantile(finite, ends(questions, without_one))
        return float(low), float(high)


_DRAWN_AT_ONCE: Final = 20_000  # questions


def _drawn(questions: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """How often each question was drawn, (resamples, Q)."""
    rng = np.random.default_rng(seed)
    weights = np.zeros((resamples, questions))
    # Several rows at a time, as many as stay in the processor's cache: question q of row b is counted at b Q + q.
    for rows in np.array_split(weights, max(1, weights.size // _DRAWN_AT_ONCE)):
        drawn = rng.integers(0, max(1, questions), rows.shape) + np.arange(len(rows))[:, None] * questions
        rows[:] = np.bincount(drawn.ravel(), minlength=rows.size).reshape(rows.shape)
    weights.flags.writeable = False
    return weights


# One audit asks for the same draws many times; at most 256 MiB are kept.
_MOST_KEPT: Final = 8_000_000
_kept = lru_cache(maxsize=4)(_drawn)


def reach(questions: int, without_one: NDArray[np.float64] | None = None) -> float:
    """How many standard deviations of resamples a 95 % interval over n >= 2 questions reaches: t sqrt(n / (n - 1)).

    t is the 97.5 % point of Student's t; the root makes up for resamples that spread around their own mean
    ("expanded percentile", Hesterberg 2015, The American Statistician 69, 371). That is 2.15 for 20 questions, 1.96 for
    very many. With the values ``without_one`` question each, (n,), t has `freedom` instead of n - 1 degrees.
    """
    degrees = questions - 1.0 if without_one is None else freedom(questions, without_one)
    return float(stdtrit(degrees, (1 + LEVEL) / 2) * np.sqrt(questions / (questions - 1)))


def freedom(questions: int, without_one: NDArray[np.float64]) -> float:
    """Degrees of freedom of a spread estimated from so many questions: fewer where a few of them carry most of it.

    2 n / (k - (n - 3) / (n - 1)), k the kurtosis of what each of n questions adds (O'Neill 2014, The American
    Statistician 68, 282, from the variance of a sample variance); between 1 and n - 1, which normal ones have.
    Questions without data add nothing to k, so ``without_one`` may hold those too.
    """
    finite = without_one[np.isfinite(without_one)]
    gap = finite - finite.mean() if finite.size else finite
    spread, most = float((gap**2).sum()), questions - 1.0
    if questions < 2 or spread <= NOTHING:
        return most
    surplus = questions * float((gap**4).sum()) / spread**2 - (questions - 3) / most
    return min(most, max(1.0, 2.0 * questions / surplus)) if surplus > 0 else most


def ends(questions: int, without_one: NDArray[np.float64] | None = None) -> tuple[float, float]:
    """Where such an interval begins and ends among the sorted resamples: at 1.6 and 98.4 % for 20 questions."""
    low = float(ndtr(-reach(questions, without_one)))
    return low, 1.0 - low


def of_nothing(questions: int) -> tuple[float, float]:
    """What share of others may have what none of so many questions had, 95 %: 0 to 1 - 0.025^(1/n), 16.8 % for 20.

    Clopper and Pearson 1934 (Biometrika 26, 404) for n questions, whose own pairs are taken to stand and fall together.
    """
    return 0.0, 1.0 - ((1 - LEVEL) / 2) ** (1 / questions)


def of_everything(questions: int) -> tuple[float, float]:
    """The same where every question had it in every pair."""
    return 1.0 - of_nothing(questions)[1], 1.0


def share(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """First column over the second, (..., 2) -> (...); NaN over zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)


def bca_interval(
    draws: NDArray[np.float64], value: float, without_one: NDArray[np.float64], questions: int
) -> tuple[float, float]:
    """95 % BCa interval of finite resampled values, (B,), from the values without one question each, (n,).

    Bias z0 = Phi^-1(share of draws below the value, ties counted half); acceleration a = sum d^3 / (6 (sum
    d^2)^1.5) with d = mean - value without one. The interval is from the quantiles
    Phi(z0 + (z0 + z) / (1 - a (z0 + z))) with z = -+`reach` of the ``questions`` that had data. NaN for fewer than
    FEWEST of them, and where the value lies outside all draws.
    """
    if not np.isfinite(value) or questions < FEWEST:
        return _NAN, _NAN
    below = float((draws < value).mean() + (draws == value).mean() / 2.0)
    if not 0.0 < below < 1.0:
        return _NAN, _NAN
    finite = without_one[np.isfinite(without_one)]
    gap = finite.mean() - finite if finite.size else np.zeros(1)
    spread = float((gap**2).sum())
    acceleration = float((gap**3).sum()) / (6.0 * spread**1.5) if spread > NOTHING else 0.0
    bias = ndtri(below)
    size = reach(questions, without_one)
    shifted = bias + np.array([-size, size])
    low, high = np.quantile(draws, ndtr(bias + shifted / np.maximum(1.0 - acceleration * shifted, 1e-9)))
    return float(low), float(high)
