"""Scores moved as little as possible so that they agree with the comparisons: a proposal, never applied by itself.

Isotonic regression on the partial order of one question (Barlow, Bartholomew, Bremner and Brunk 1972): the
least sum of squared moves such that every winner scores more than the tolerance above its loser, tied
responses are within the tolerance, and nothing leaves the scale. That is least distance
programming, solved exactly by non-negative least squares (Lawson and Hanson 1974, chapter 23). Where no
scores can agree, because the comparisons contradict each other, the fewest edits of the comparisons come first.

SciPy's and scikit-learn's isotonic regression know total orders only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.edits import fewest_edits
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.records import UNKNOWN
from trustjudge_core.relations import relation_blocks
from trustjudge_core.scores import ROUNDING, reported_scale
from trustjudge_core.settings import Aggregation

STEP: Final = 1e-6
"""How far beyond the tolerance a winner must be, as a share of the scale: "more than" needs some number."""

_NO_DISTANCE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class ScoreEdit:
    """Proposed scores of one question, (n,), NaN where a response has no score.

    ``moved`` is the root of the mean squared move over scored responses, in scale points; ``edited`` counts
    the comparisons that had to be edited first because no scores agree with all.
    """

    question: int
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    moved: float
    edited: int

    @property
    def changed(self) -> NDArray[np.int64]:
        """Responses, numbered in the question, whose score would be another."""
        return np.flatnonzero(np.abs(self.after - self.before) > ROUNDING)


def score_edits(
    evidence: Evidence,
    scores: MethodScores,
    aggregation: Aggregation,
    tolerance: float,
    clock: SolverClock | None = None,
) -> Iterator[ScoreEdit]:
    """Proposals for every question with scores and comparisons that disagree, in blocks of one size."""
    relation = evidence.relation(aggregation, tolerance)
    clock = clock or SolverClock()
    scale = reported_scale(scores.sheet.scale, evidence.mode)
    for block in relation_blocks(evidence.index, evidence.table, relation):
        for question, relations in zip(block.questions.tolist(), block.relations, strict=True):
            own = slice(*evidence.index.offsets[question : question + 2].tolist())
            edit = score_edit(scores.scores[own], relations, scale, tolerance, question, clock)
            if edit is not None and len(edit.changed):
                yield edit


def score_edit(
    scores: NDArray[np.float64],
    relations: NDArray[np.int8],
    scale: tuple[float, float],
    tolerance: float,
    question: int = 0,
    clock: SolverClock | None = None,
) -> ScoreEdit | None:
    """The proposal for one question, from its scores (n,) and relations (n, n); None with fewer than two scores."""
    scored = np.flatnonzero(np.isfinite(scores))
    if len(scored) < 2:
        return None
    inside = relations[np.ix_(scored, scored)]
    given, edited = scores[scored], 0
    moved = _nearest(given, inside, scale, tolerance)
    if moved is None:
        edits = fewest_edits(inside[None], clock)
        edited = int(edits.count[0])
        mended = np.where(inside == UNKNOWN, inside, edits.order(0)).astype(np.int8)
        moved = _nearest(given, mended, scale, tolerance)
    if moved is None:  # more levels than the scale has room for at this tolerance
        return None
    after = scores.copy()
    after[scored] = moved
    distance = float(np.sqrt(((moved - given) ** 2).mean()))
    return ScoreEdit(question, scores.copy(), after, distance, edited)


def _nearest(
    scores: NDArray[np.float64], relations: NDArray[np.int8], scale: tuple[float, float], tolerance: float
) -> NDArray[np.float64] | None:
    """Scores nearest to these that agree with the relations, (n,), (n, n) -> (n,); None if there are none."""
    n, (low, high) = len(scores), scale
    winner, loser = np.nonzero(relations == 1)
    tied, level = np.nonzero((relations == 0) & ~np.eye(n, dtype=np.bool_))
    differences = _rows(winner, loser, n), _rows(tied, level, n)
    allowed = np.vstack([*differences, np.eye(n), -np.eye(n)])
    least = np.concatenate(
        [
            np.full(len(winner), tolerance + STEP * (high - low)),
            np.full(len(tied), -tolerance),
            np.full(n, low),
            np.full(n, -high),
        ]
    )
    lacking = least - allowed @ scores
    if (lacking <= ROUNDING).all():
        return scores.copy()
    # Least distance: min |z| with allowed z >= lacking, by non-negative least squares on (n + 1, rows).
    unit = max(1.0, float(np.abs(lacking).max()))
    target = np.zeros(n + 1)
    target[n] = 1.0
    system = np.vstack([allowed.T, lacking / unit])
    weights, _ = nnls(system, target)
    residual = system @ weights - target
    if np.linalg.norm(residual) < _NO_DISTANCE or abs(residual[n]) < _NO_DISTANCE:
        return None
    nearest: NDArray[np.float64] = np.clip(scores - unit * residual[:n] / residual[n], low, high)
    return nearest


def _rows(plus: NDArray[np.int64], minus: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """One row per pair with 1 at ``plus`` and -1 at ``minus``, (P,), (P,) -> (P, n)."""
    rows = np.zeros((len(plus), n))
    rows[np.arange(len(plus)), plus] = 1.0
    rows[np.arange(len(plus)), minus] = -1.0
    return rows
