"""The judge against people: how often it is right where they decided, and whether its probabilities can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.agreement import kappa_estimate
from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Ratio, share
from trustjudge_core.cases import Cases
from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN
from trustjudge_core.votes import majority

BINS: Final = 5
"""Of the probability that the judge gives its favourite, from 1/2 to 1."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The judge against what most people said, on pairs that both know.

    ``right`` of the pairs that both decide; ``judge_ties`` of those that people decide, ``people_tie`` of all.
    ``kappa`` over win, tie and loss on all pairs from both sides, with its interval over questions.
    """

    pairs: int
    right: Ratio
    judge_ties: Ratio
    people_tie: Ratio
    kappa: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Pairs whose favourite got a probability from ``low`` to ``high``: its mean there, and how often people agreed."""

    low: float
    high: float
    mean: float
    agree: Ratio


@dataclass(frozen=True, eq=False)
class Calibration:
    """Reliability of the preference on pairs that people decided and on which the judge has a favourite.

    The probability is the favourite's share of what was not given to a tie. ``error`` (expected calibration
    error): mean distance of share and probability over bins, weighted by pairs; ``brier``: mean squared distance of
    probability and outcome; both with their intervals over questions, NaN without pairs.
    """

    pairs: int
    bins: tuple[CalibrationBin, ...]
    error: Estimate
    brier: Estimate


def accuracy(
    cases: Cases, people: NDArray[np.int8], bootstrap: QuestionBootstrap, inside: NDArray[np.bool_] | None = None
) -> Accuracy:
    """The judge's relations against people's, (N,), on all pairs or those marked ``inside``."""
    judge = cases.relation.astype(np.int64)
    said = people.astype(np.int64)
    both = cases.known & (people != UNKNOWN)
    if inside is not None:
        both &= inside
    question, questions = cases.table.question, bootstrap.questions

    def ratio(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Ratio:
        counts = (np.bincount(question[marked], minlength=questions) for marked in (part & whole, whole))
        return bootstrap.ratio(*counts)

    kappa = kappa_estimate(question[both], judge[both], said[both], bootstrap)
    return Accuracy(
        pairs=int(both.sum()),
        right=ratio(judge == said, both & (judge != 0) & (said != 0)),
        judge_ties=ratio(judge == 0, both & (said != 0)),
        people_tie=ratio(said == 0, both),
        kappa=kappa.value,
        low=kappa.low,
        high=kappa.high,
    )


def accuracy_by_category(
    evidence: Evidence, cases: Cases, people: NDArray[np.int8], bootstrap: QuestionBootstrap
) -> dict[str, Accuracy]:
    """The same for every category of questions, in order of appearance."""
    names, of_question = evidence.categories
    category = of_question[cases.table.question]
    return {name: accuracy(cases, people, bootstrap, category == n) for n, name in enumerate(names)}


def calibration(
    cases: Cases, votes: NDArray[np.int64], bootstrap: QuestionBootstrap, inside: NDArray[np.bool_] | None = None
) -> Calibration:
    """Whether favourites win as often as the judge says, by what most people said, (N, 3), on all or marked pairs."""
    people = majority(votes)
    with np.errstate(invalid="ignore", divide="ignore"):
        for_i = cases.shares[:, 2] / (cases.shares[:, 2] + cases.shares[:, 0])
    use = cases.known & np.isfinite(for_i) & (for_i != 0.5) & (people != 0) & (people != UNKNOWN)
    if inside is not None:
        use &= inside
    rows = np.flatnonzero(use)
    sure = np.maximum(for_i, 1.0 - for_i)[rows]
    right = np.where(for_i > 0.5, people == 1, people == -1)[rows].astype(np.float64)
    edges = np.linspace(0.5, 1.0, BINS + 1)
    number = np.clip(np.digitize(sure, edges) - 1, 0, BINS - 1)
    question = cases.table.question[rows]
    # Sums of every question and bin, (Q, 3, BINS): pairs, probabilities, favourites that won.
    sums = np.zeros((bootstrap.questions, 3, BINS))
    for part, values in enumerate((np.ones(len(rows)), sure, right)):
        np.add.at(sums[:, part], (question, number), values)
    squares = np.stack([np.bincount(question, v, bootstrap.questions) for v in ((sure - right) ** 2, sure * 0 + 1)], 1)
    return Calibration(
        pairs=len(rows),
        bins=tuple(_bin(sums[:, :, n], edges[n : n + 2], bootstrap) for n in range(BINS)),
        error=bootstrap.estimate(sums.reshape(bootstrap.questions, -1), _expected_error),
        brier=bootstrap.estimate(squares, share),
    )


def _bin(sums: NDArray[np.float64], edges: NDArray[np.float64], bootstrap: QuestionBootstrap) -> CalibrationBin:
    """One bin from its sums over questions, (Q, 3)."""
    pairs, probability, _ = sums.sum(axis=0)
    agree = bootstrap.ratio(np.rint(sums[:, 2]).astype(np.int64), np.rint(sums[:, 0]).astype(np.int64))
    mean = float(probability / pairs) if pairs else float("nan")
    return CalibrationBin(float(edges[0]), float(edges[1]), mean, agree)


def _expected_error(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected calibration error of sums over questions, (..., 3 * BINS) -> (...); NaN without pairs."""
    pairs, probability, won = np.moveaxis(sums.reshape(*sums.shape[:-1], 3, BINS), -2, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        error: NDArray[np.float64] = np.abs(won - probability).sum(axis=-1) / pairs.sum(axis=-1)
    return error


def calibration_by_category(
    evidence: Evidence, cases: Cases, votes: NDArray[np.int64], bootstrap: QuestionBootstrap
) -> dict[str, Calibration]:
    """The same for every category of questions, in order of appearance."""
    names, of_question = evidence.categories
    category = of_question[cases.table.question]
    return {name: calibration(cases, votes, bootstrap, category == n) for n, name in enumerate(names)}
