"""The judge against people: how often it is right where they decided, and whether its probabilities can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.agreement import kappa_estimate
from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
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
    probability and outcome. NaN without pairs.
    """

    pairs: int
    bins: tuple[CalibrationBin, ...]
    error: float
    brier: float


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


def calibration(cases: Cases, votes: NDArray[np.int64], bootstrap: QuestionBootstrap) -> Calibration:
    """Whether the judge's favourites win as often as it says, by what most people said, (N, 3)."""
    people = majority(votes)
    with np.errstate(invalid="ignore", divide="ignore"):
        for_i = cases.shares[:, 2] / (cases.shares[:, 2] + cases.shares[:, 0])
    sure = np.maximum(for_i, 1.0 - for_i)
    use = cases.known & np.isfinite(for_i) & (for_i != 0.5) & (people != 0) & (people != UNKNOWN)
    right = np.where(for_i > 0.5, people == 1, people == -1)
    edges = np.linspace(0.5, 1.0, BINS + 1)
    number = np.clip(np.digitize(sure, edges) - 1, 0, BINS - 1)
    bins, distance = [], 0.0
    for n in range(BINS):
        inside = use & (number == n)
        question = cases.table.question
        counts = (np.bincount(question[m], minlength=bootstrap.questions) for m in (inside & right, inside))
        agree = bootstrap.ratio(*counts)
        mean = float(sure[inside].mean()) if inside.any() else float("nan")
        bins.append(CalibrationBin(float(edges[n]), float(edges[n + 1]), mean, agree))
        if inside.any():
            distance += abs(agree.value - mean) * int(inside.sum())
    total = int(use.sum())
    return Calibration(
        pairs=total,
        bins=tuple(bins),
        error=distance / total if total else float("nan"),
        brier=float(((sure[use] - right[use]) ** 2).mean()) if total else float("nan"),
    )
