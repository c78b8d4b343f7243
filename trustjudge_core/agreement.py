"""How far a judge agrees with people on pairs that both decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap
from trustjudge_core.preferences import PairTable
from trustjudge_core.records import UNKNOWN, VerdictColumns
from trustjudge_core.votes import count_votes, majority


@dataclass(frozen=True, slots=True)
class Agreement:
    """Judge against one annotator.

    ``pairs`` both gave a relation for, ``both_decisive`` of them with no tie on either side,
    ``agree`` of those with the same winner. ``kappa``: Cohen's kappa over win, tie, loss on all
    ``pairs``, each counted from both sides, with its 95 % interval over questions; NaN without enough data.
    """

    annotator: str
    pairs: int
    both_decisive: int
    agree: int
    kappa: float
    low: float
    high: float
    bca_low: float = float("nan")
    bca_high: float = float("nan")


def cohen_kappa(confusion: NDArray[np.floating]) -> NDArray[np.float64]:
    """Cohen's kappa of square count tables, (..., c, c) -> (...); NaN when empty or when chance agreement is 1.

    kappa = (p_o - p_e) / (1 - p_e), Cohen 1960. Own kernel because the bootstrap needs
    thousands of tables at once; the tests compare it with scikit-learn's.
    """
    table = np.asarray(confusion, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = table / table.sum(axis=(-2, -1), keepdims=True)
        observed = np.trace(share, axis1=-2, axis2=-1)
        expected = (share.sum(axis=-1) * share.sum(axis=-2)).sum(axis=-1)
        kappa = (observed - expected) / (1.0 - expected)
    return np.where(np.isfinite(kappa), kappa, np.nan)


def kappa_estimate(
    question: NDArray[np.int64], one: NDArray[np.int64], other: NDArray[np.int64], bootstrap: QuestionBootstrap
) -> Estimate:
    """Cohen's kappa of two opinions, 1, 0 or -1, about pairs and their question, (N,) each, with its intervals.

    Each pair counts from both sides, so that kappa does not depend on how responses are numbered.
    """
    tables = np.zeros((bootstrap.questions, 3, 3))
    for sign in (1, -1):
        np.add.at(tables, (question, sign * one + 1, sign * other + 1), 1.0)
    return bootstrap.estimate(
        tables.reshape(bootstrap.questions, 9), lambda sums: cohen_kappa(sums.reshape(*sums.shape[:-1], 3, 3))
    )


def agreements(
    table: PairTable,
    relation: NDArray[np.int8],
    verdicts: VerdictColumns,
    bootstrap: QuestionBootstrap,
    responses: int,
) -> list[Agreement]:
    """Judge against every annotator, in the order of their names.

    An annotator who decided a pair more than once counts by the most frequent verdict; if
    there is none, as a tie.
    """
    judge, results = relation.astype(np.int64), []
    for name in sorted(verdicts.annotators):
        person = majority(count_votes(table, verdicts, responses, [name])).astype(np.int64)
        both = (person != UNKNOWN) & (relation != UNKNOWN)
        decisive = both & (person != 0) & (judge != 0)
        kappa = kappa_estimate(table.question[both], judge[both], person[both], bootstrap)
        results.append(
            Agreement(
                annotator=name,
                pairs=int(both.sum()),
                both_decisive=int(decisive.sum()),
                agree=int((decisive & (person == judge)).sum()),
                kappa=kappa.value,
                low=kappa.low,
                high=kappa.high,
                bca_low=kappa.bca_low,
                bca_high=kappa.bca_high,
            )
        )
    return results
