"""How far a judge agrees with people on pairs that both decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap
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
        confusion = np.zeros((bootstrap.questions, 3, 3), np.float32)
        # Each pair counts from both sides, so that kappa does not depend on how responses are numbered.
        for sign in (1, -1):
            np.add.at(confusion, (table.question[both], sign * judge[both] + 1, sign * person[both] + 1), 1)
        kappa = float(cohen_kappa(confusion.sum(axis=0)))
        resampled = bootstrap.weights @ confusion.reshape(bootstrap.questions, 9)
        interval = bootstrap.interval(cohen_kappa(resampled.reshape(-1, 3, 3)))
        results.append(
            Agreement(
                annotator=name,
                pairs=int(both.sum()),
                both_decisive=int(decisive.sum()),
                agree=int((decisive & (person == judge)).sum()),
                kappa=kappa,
                low=interval[0],
                high=interval[1],
            )
        )
    return results
