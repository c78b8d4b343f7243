"""How much of its scale a judge uses, and how much of its answers were scores at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, share
from trustjudge_core.evidence import Evidence
from trustjudge_core.scores import ScoreSheet, entropy_share, expectation

MOST_DIGITS_IN_ONE = 9


@dataclass(frozen=True, slots=True)
class ScoreUse:
    """One score sheet. Each of the shares is between 0 and 1, NaN where it makes no sense or nothing was scored.

    ``spread``: distance between the 5th and 95th percentile of expected scores, as a share of the scale; small when the
    scale is compressed. ``entropy``: mean entropy of the distributions as a share of the largest possible; 0 when they
    collapse onto one label. ``leaked``: mean probability outside the allowed labels. ``one_digit``: probability on
    labels of one digit where the scale has longer ones; large when labels are read at their first digit.
    """

    criterion: str
    scale: tuple[float, float]
    responses: int
    spread: float
    entropy: Estimate
    leaked: Estimate
    one_digit: Estimate


def score_uses(evidence: Evidence, bootstrap: QuestionBootstrap) -> tuple[ScoreUse, ...]:
    """Use of every scale."""
    return tuple(_score_use(evidence, sheet, bootstrap) for sheet in evidence.sheets)


def _score_use(evidence: Evidence, sheet: ScoreSheet, bootstrap: QuestionBootstrap) -> ScoreUse:
    low, high = sheet.scale
    expected = expectation(sheet)
    expected = expected[~np.isnan(expected)]
    ends = np.quantile(expected, [0.05, 0.95]) if len(expected) else np.full(2, np.nan)
    whole = np.abs(sheet.values) <= MOST_DIGITS_IN_ONE
    long_labels = high > MOST_DIGITS_IN_ONE

    def mean(values: NDArray[np.float64]) -> Estimate:
        use = ~np.isnan(values)
        question, questions = evidence.question_of[sheet.response[use]], len(evidence.index.question_ids)
        sums = np.bincount(question, values[use], questions)
        return bootstrap.estimate(np.stack([sums, np.bincount(question, minlength=questions)], axis=1), share)

    one_digit = np.where(whole, sheet.probs, 0.0).sum(axis=1)
    no_distribution = ~(sheet.probs > 0).any(axis=1)
    return ScoreUse(
        criterion=sheet.criterion,
        scale=sheet.scale,
        responses=len(sheet.response),
        spread=float(ends[1] - ends[0]) / (high - low),
        entropy=mean(np.where(sheet.sampled, np.nan, entropy_share(sheet))),
        leaked=mean(np.where(sheet.sampled, np.nan, 1.0 - np.minimum(sheet.mass, 1.0))),
        one_digit=mean(np.where(no_distribution | (not long_labels), np.nan, one_digit)),
    )
