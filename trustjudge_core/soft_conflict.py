"""Scores against comparisons without ties or tolerance: the preference that two score distributions predict.

A response's score is its label distribution; of two responses the better scored one is predicted to win,
drawn independently:

    convolution   P(X > Y), P(X = Y), P(X < Y), exactly
    Thurstone     Phi((E_i - E_j) / sqrt(V_i + V_j)), from mean and variance (Thurstone 1927)

Prediction and preference are two-way choices, ties counting half for either side. Their fidelity loss is
1 - sqrt(pq) - sqrt((1-p)(1-q)) (Tsai, Liu, Qin, Chen and Ma 2007, FRank): 0 when equal, 1 when opposite and sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, share
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN
from trustjudge_core.scores import ScoreSheet, expectation, variance
from trustjudge_core.settings import Aggregation

Predictor = Literal["convolution", "thurstone"]
PREDICTORS: Final[tuple[Predictor, ...]] = get_args(Predictor)

_AT_ONCE: Final = 200_000  # numbers of a table for some questions, which stay in a processor's cache

_ROUNDING: Final = 1e-9  # predictions this close are the same: they are sums of many products

BINS: Final = 10
"""Bins of the reliability curve, between a prediction of 1/2 and of certainty."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What scores predict for N pairs; NaN where a response has no distribution.

    ``outcome`` (N, 3): i scored higher, j scored higher, both the same. ``convolution`` and ``thurstone`` (N,):
    predicted P(i beats j), ties counting half. ``preference`` (N,): the same from comparisons, NaN where unknown.
    """

    outcome: NDArray[np.float64]
    convolution: NDArray[np.float64]
    thurstone: NDArray[np.float64]
    preference: NDArray[np.float64]

    def by(self, predictor: Predictor) -> NDArray[np.float64]:
        """Predicted P(i beats j), (N,)."""
        return self.convolution if predictor == "convolution" else self.thurstone

    def loss(self, predictor: Predictor) -> NDArray[np.float64]:
        """Fidelity loss of every pair, (N,) in [0, 1]; NaN where either side is unknown."""
        return fidelity_loss(self.by(predictor), self.preference)


def fidelity_loss(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - sqrt(pq) - sqrt((1-p)(1-q)) of two-way choices, (N,), (N,) -> (N,) in [0, 1]."""
    p, q = np.clip(p, 0.0, 1.0), np.clip(q, 0.0, 1.0)  # sums of products may leave [0, 1] by a rounding
    loss = 1.0 - np.sqrt(p * q) - np.sqrt((1.0 - p) * (1.0 - q))
    return np.clip(loss, 0.0, 1.0)


def predictions(evidence: Evidence, sheet: ScoreSheet, aggregation: Aggregation) -> Predictions:
    """Predicted and measured preference of every pair, by one score sheet and one aggregation."""
    table = evidence.table
    mean, spread = np.full(len(evidence.question_of), np.nan), np.full(len(evidence.question_of), np.nan)
    mean[sheet.response], spread[sheet.response] = expectation(sheet), variance(sheet)
    gap, width = mean[table.i] - mean[table.j], np.sqrt(spread[table.i] + spread[table.j])
    with np.errstate(invalid="ignore", divide="ignore"):
        # Two scores without any spread are sure of their order, or level.
        thurstone = np.where(width > 0, ndtr(gap / width), (np.sign(gap) + 1.0) / 2.0)
    outcome = score_outcomes(evidence, sheet)
    return Predictions(
        outcome=outcome,
        convolution=outcome[:, 0] + outcome[:, 2] / 2.0,
        thurstone=thurstone,
        preference=two_way_preference(evidence, aggregation),
    )


def score_outcomes(evidence: Evidence, sheet: ScoreSheet) -> NDArray[np.float64]:
    """P(X > Y), P(X < Y), P(X = Y) for the scores X of i and Y of j of every pair, (N, 3), by exact convolution."""
    table, offsets = evidence.table, evidence.index.offsets
    found = np.full((len(table), 3), np.nan)
    has_mass = (sheet.probs > 0).any(axis=1)
    row_of = np.full(len(evidence.question_of), -1, np.int64)
    row_of[sheet.response[has_mass]] = np.flatnonzero(has_mass)
    scored = np.flatnonzero((row_of[table.i] >= 0) & (row_of[table.j] >= 0))
    sizes = np.diff(offsets)
    for n in np.unique(sizes[table.question[scored]]).tolist():
        questions = np.flatnonzero(sizes == n)
        together = max(1, _AT_ONCE // (n * max(n, sheet.values.shape[1])))
        for some in np.array_split(questions, -(-len(questions) // together)):
            place = np.full(len(sizes), -1, np.int64)
            place[some] = np.arange(len(some))
            own = scored[place[table.question[scored]] >= 0]
            if not len(own):
                continue
            rows = row_of[offsets[some][:, None] + np.arange(n)]
            probs = _on_common_labels(sheet.values[rows], np.where(rows[:, :, None] >= 0, sheet.probs[rows], 0.0))
            below = np.cumsum(probs, axis=2) - probs  # P(score under each label)
            above = probs @ below.transpose(0, 2, 1)  # [q, a, b] = P(a scored above b)
            same = probs @ probs.transpose(0, 2, 1)
            q, start = place[table.question[own]], offsets[table.question[own]]
            i, j = table.i[own] - start, table.j[own] - start
            found[own] = np.stack([above[q, i, j], above[q, j, i], same[q, i, j]], axis=1)
    return found


def _on_common_labels(values: NDArray[np.float64], probs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distributions over the labels that any of them gives, ascending, (..., K), (..., K) -> (..., L)."""
    given = probs > 0
    labels = np.unique(values[given])
    common = np.zeros((*values.shape[:-1], len(labels)))
    common[(*np.nonzero(given)[:-1], np.searchsorted(labels, values[given]))] = probs[given]
    return common


def two_way_preference(evidence: Evidence, aggregation: Aggregation) -> NDArray[np.float64]:
    """P(i wins) + P(tie)/2 of every pair, (N,), the relation where an aggregation has no probabilities; NaN unknown."""
    preference, relation = evidence.preference(aggregation), evidence.relation(aggregation, 0.0)
    total = preference.probs.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        half_tied = (preference.probs[:, 0] + preference.probs[:, 2] / 2.0) / total
    known = np.where(total > 0, half_tied, (relation + 1) / 2.0)
    return np.where(relation == UNKNOWN, np.nan, known)


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of a reliability curve: pairs whose prediction for the favourite lies in [low, high).

    ``predicted`` is their mean prediction, ``preference`` the mean measured preference for the same side.
    """

    low: float
    high: float
    pairs: int
    predicted: float
    preference: Estimate


@dataclass(frozen=True, slots=True)
class SoftConflict:
    """How well scores predict preferences over a run.

    ``loss``: mean fidelity loss over ``pairs``. ``calibration``: the reliability curve; ``calibration_error`` its
    mean distance from the diagonal, bins weighted by their pairs. NaN without pairs.
    """

    criterion: str
    scale: tuple[float, float]
    aggregation: Aggregation
    predictor: Predictor
    pairs: int
    loss: Estimate
    calibration: tuple[Bin, ...]
    calibration_error: float


def soft_conflicts(evidence: Evidence, aggregation: Aggregation, bootstrap: QuestionBootstrap) -> list[SoftConflict]:
    """Soft conflict of every score sheet with one aggregation by both predictors."""
    if aggregation not in evidence.preferences:
        return []
    return [
        _soft_conflict(evidence, sheet, found, aggregation, predictor, bootstrap)
        for sheet in evidence.sheets
        for found in (predictions(evidence, sheet, aggregation),)
        for predictor in PREDICTORS
    ]


def _soft_conflict(
    evidence: Evidence,
    sheet: ScoreSheet,
    found: Predictions,
    aggregation: Aggregation,
    predictor: Predictor,
    bootstrap: QuestionBootstrap,
) -> SoftConflict:
    loss = found.loss(predictor)
    known = ~np.isnan(loss)
    curve = _reliability(evidence, found.by(predictor), found.preference, known, bootstrap)
    return SoftConflict(
        criterion=sheet.criterion,
        scale=sheet.scale,
        aggregation=aggregation,
        predictor=predictor,
        pairs=int(known.sum()),
        loss=bootstrap.estimate(_sums(evidence, loss, known), share),
        calibration=curve,
        calibration_error=(
            sum(b.pairs * abs(b.predicted - b.preference.value) for b in curve) / known.sum()
            if known.any()
            else float("nan")
        ),
    )


def bin_numbers(predicted: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of the reliability curve that each prediction falls into, from either side, (N,); NaN into the first."""
    favoured = np.abs(np.nan_to_num(predicted, nan=0.5) - 0.5)
    return np.clip(np.floor(2.0 * BINS * favoured + _ROUNDING), 0, BINS - 1).astype(np.int64)


def _reliability(
    evidence: Evidence,
    predicted: NDArray[np.float64],
    preference: NDArray[np.float64],
    known: NDArray[np.bool_],
    bootstrap: QuestionBootstrap,
) -> tuple[Bin, ...]:
    """Mean preference for the predicted favourite, by how sure the prediction is; empty bins are left out.

    Which of a pair is i says nothing, so every pair is looked at from the side of its predicted favourite, and one
    without a favourite from both sides, which is a preference of 1/2 whatever was measured.
    """
    turned, level = predicted < 0.5, np.abs(predicted - 0.5) < _ROUNDING
    favoured = np.where(turned, 1.0 - predicted, predicted)
    agreed = np.where(level, 0.5, np.where(turned, 1.0 - preference, preference))
    number = bin_numbers(predicted)
    inside = [known & (number == b) for b in range(BINS)]
    filled = [b for b in range(BINS) if inside[b].any()]
    preferences = bootstrap.estimates([_sums(evidence, agreed, inside[b]) for b in filled], share)
    return tuple(
        Bin(
            low=(BINS + b) / (2 * BINS),
            high=(BINS + b + 1) / (2 * BINS),
            pairs=int(inside[b].sum()),
            predicted=float(favoured[inside[b]].mean()),
            preference=preference,
        )
        for b, preference in zip(filled, preferences, strict=True)
    )


def _sums(evidence: Evidence, values: NDArray[np.float64], use: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Sum over the marked pairs of every question and how many there are, (Q, 2)."""
    sums = np.bincount(evidence.table.question[use], values[use], len(evidence.index.question_ids))
    return np.stack([sums, evidence.per_question(use)], axis=1)
