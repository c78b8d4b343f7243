"""Percentile intervals that resample questions, never pairs: pairs of one question share responses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Ratio:
    """count / total with its 95 % interval; NaN where there is not enough data."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The ratio, NaN for a total of zero."""
        return self.count / self.total if self.total else float("nan")


class QuestionBootstrap:
    """Resamples of Q questions, drawn once and shared by every ratio of an audit.

    Two ratios are then compared on the same resamples. The weights are how often each question
    was drawn, (resamples, Q).
    """

    def __init__(self, questions: int, resamples: int = 2000, seed: int = 0) -> None:
        self.questions = questions
        rng = np.random.default_rng(seed)
        draws = resamples if questions >= 2 else 0
        self.weights: NDArray[np.float32] = rng.multinomial(
            questions, np.full(max(questions, 1), 1.0 / max(questions, 1)), size=draws
        ).astype(np.float32)

    def ratio(self, counts: NDArray[np.int64], totals: NDArray[np.int64]) -> Ratio:
        """Pooled ratio sum(counts) / sum(totals) over questions, (Q,) and (Q,), with its interval."""
        low = high = float("nan")
        used = totals > 0
        if used.sum() >= 2 and len(self.weights):
            stacked = np.stack([counts[used], totals[used]], axis=1).astype(np.float32)
            sums = self.weights[:, used] @ stacked
            with np.errstate(invalid="ignore", divide="ignore"):
                values = sums[:, 0] / sums[:, 1]
            low, high = self.interval(values)
        return Ratio(int(counts.sum()), int(totals.sum()), low, high)

    @staticmethod
    def interval(values: NDArray[np.floating]) -> tuple[float, float]:
        """95 % percentile interval of resampled values, ignoring resamples that hold none."""
        finite = values[np.isfinite(values)]
        if finite.size < 2:
            return float("nan"), float("nan")
        low, high = np.quantile(finite, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(low), float(high)
