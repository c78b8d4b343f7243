"""Why each inconsistency is there: what is wrong with the judgments behind it, if anything.

Every inconsistency has one cause, the first of these that holds for any judgment behind it:

    missing judgment     one of them was asked for and failed, or one of the two orders was never asked
    leaked mass          one of them put less than 90 % of its probability on allowed labels
    order flip           the two shown orders of a pair name different winners, or their disagreement made the tie
    near tie             a margin lies inside its interval or the tolerance, or a score gap does
    firm contradiction   none of these explains it: the judge says both without wavering

Evidence that is not there comes before evidence that is not whole, that before evidence that
contradicts itself, and that before evidence too weak to tell.

The interval of a margin: in logits, the margin of the preferred outcome over the next plus or minus 1.96 standard
errors. One standard error serves the whole run: it is the standard deviation over pairs of half the difference
between the two shown orders, whose mean is the position bias and is taken out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.position import position
from trustjudge_core.preferences import PairTable, ahead
from trustjudge_core.records import UNKNOWN
from trustjudge_core.relations import relation_blocks
from trustjudge_core.scores import ROUNDING, ScoreSheet, rescaled, standard_error
from trustjudge_core.settings import LOW_MASS, Aggregation, Method
from trustjudge_core.subsets import count_subsets

Cause = Literal["missing_judgment", "leaked_mass", "order_flip", "near_tie", "firm_contradiction"]
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)
"""In order of precedence; a cause is a number into this."""

CAUSE_IN_WORDS: Final[dict[str, str]] = {
    "missing_judgment": "missing judgment",
    "leaked_mass": "leaked mass",
    "order_flip": "order flip",
    "near_tie": "near tie",
    "firm_contradiction": "firm contradiction",
}

MISSING, LEAKED, FLIP, NEAR_TIE, FIRM = range(len(CAUSES))
WIDTH: Final = 1.959963984540054  # standard errors in half a 95 % interval


@dataclass(frozen=True, slots=True)
class CauseCounts:
    """Inconsistencies of a run by cause, names of CAUSES to counts.

    ``triples`` and ``conflicts`` are by ``aggregation`` at ``tolerance``, conflicts of the scores by ``method``
    (None and all 0 without scores). ``margin_error`` is the standard error of a margin in logits, NaN where none
    can be given (one order only, or no probabilities), in which case no margin counts as a near tie.
    """

    aggregation: Aggregation
    tolerance: float
    method: Method | None
    triples: dict[str, int]
    conflicts: dict[str, int]
    margin_error: float


def cause_counts(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, scores: MethodScores | None
) -> CauseCounts:
    """All inconsistencies counted by cause."""
    of_pair = pair_causes(evidence, aggregation, tolerance)
    conflicts = np.zeros(len(CAUSES), np.int64)
    if scores is not None and evidence.preferences:
        found = score_conflicts(evidence.score_sign(scores, tolerance), evidence.relation(aggregation, tolerance))
        causes = conflict_causes(evidence, of_pair, scores, tolerance)
        conflicts = np.bincount(causes[found.conflict], minlength=len(CAUSES))
    triples = _triples_by_cause(evidence, of_pair, aggregation, tolerance)
    return CauseCounts(
        aggregation=aggregation,
        tolerance=tolerance,
        method=None if scores is None else scores.method,
        triples=dict(zip(CAUSES, triples.tolist(), strict=True)),
        conflicts=dict(zip(CAUSES, conflicts.tolist(), strict=True)),
        margin_error=margin_error(evidence.table),
    )


def _triples_by_cause(
    evidence: Evidence, of_pair: NDArray[np.int8], aggregation: Aggregation, tolerance: float
) -> NDArray[np.int64]:
    """Inconsistent triples by the first cause among their pairs, (5,).

    Triples all of whose pairs have cause c or a later one are those left when the others are unknown.
    """
    relation = evidence.relation(aggregation, tolerance)
    left = np.zeros(len(CAUSES) + 1, np.int64)
    for cause in reversed(range(len(CAUSES))):
        if not (of_pair == cause).any():
            left[cause] = left[cause + 1]
            continue
        some = np.where(of_pair >= cause, relation, np.int8(UNKNOWN))
        for block in relation_blocks(evidence.index, evidence.table, some):
            counts = count_subsets(block.relations, (3,), published=False, kinds=False)
            left[cause] += int(counts[3].violations.sum())
    return left[:-1] - left[1:]


def pair_causes(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> NDArray[np.int8]:
    """What is wrong with the judgments of every pair, (N,) numbers into CAUSES, FIRM where nothing is."""
    table = evidence.table
    causes = np.full(len(table), FIRM, np.int8)
    causes[near_ties(evidence, aggregation, tolerance)] = NEAR_TIE
    swap = position(table)
    # By agreement of verdicts every disagreement is a tie; elsewhere a tie in one order only is a matter of margins.
    causes[swap.known & ~swap.consistent if aggregation == "baseline" else swap.hard_flip] = FLIP
    causes[(table.mass < LOW_MASS - ROUNDING).any(axis=1)] = LEAKED  # NaN, where nobody kept probabilities, is not less
    missing = table.usable < table.judgments
    if table.both_orders:
        missing = missing | ((table.judgments == 0) & table.order_known[:, None])
    causes[missing.any(axis=1)] = MISSING
    return causes


def near_ties(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> NDArray[np.bool_]:
    """Pairs whose margin lies inside its interval or that only the tolerance makes ties, (N,).

    The margin is how far, in logits, the preferred outcome is ahead of the next in the mean of both orders.
    """
    error, table = margin_error(evidence.table), evidence.table
    if aggregation not in evidence.preferences:
        return np.zeros(len(table), np.bool_)
    tolerated = (evidence.relation(aggregation, tolerance) == 0) & (evidence.preference(aggregation).choice != 0)
    if np.isnan(error):
        return np.asarray(tolerated)
    logs = table.logs.mean(axis=1)  # (N, 3), both orders
    with np.errstate(invalid="ignore"):
        return np.asarray(tolerated | (ahead(logs) <= WIDTH * error))


def margin_error(table: PairTable) -> float:
    """Standard error of the margin of i over j in the mean of both orders, in logits; NaN from fewer than two pairs."""
    half = _half_difference(table)
    return float(half.std(ddof=1)) if len(half) > 1 else float("nan")


def _half_difference(table: PairTable) -> NDArray[np.float64]:
    """Half of what the logit of i against j gains when i is shown first, (M,) over pairs with both orders known."""
    if not table.both_orders:
        return np.zeros(0)
    half = (table.logits[:, 0] - table.logits[:, 1]) / 2.0
    return np.asarray(half[~np.isnan(half) & table.order_known], np.float64)


def triple_causes(evidence: Evidence, of_pair: NDArray[np.int8], members: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first cause among the three pairs of each triple i<j<k of response numbers, (M, 3) -> (M,)."""
    table, responses = evidence.table, len(evidence.index.response_ids)
    key = table.i * responses + table.j
    sides = ((0, 1), (1, 2), (0, 2))
    rows = [np.searchsorted(key, members[:, a] * responses + members[:, b]) for a, b in sides]
    found: NDArray[np.int64] = np.min([of_pair[row] for row in rows], axis=0).astype(np.int64)
    return found


def conflict_causes(
    evidence: Evidence, of_pair: NDArray[np.int8], scores: MethodScores, tolerance: float
) -> NDArray[np.int64]:
    """The first cause of a conflict of every pair, were it one, (N,): of its comparison or of either score."""
    table = evidence.table
    causes = of_pair.astype(np.int64)
    gap = np.abs(scores.scores[table.i] - scores.scores[table.j])
    error = _score_error(evidence, scores)
    interval = WIDTH * np.sqrt(error[table.i] ** 2 + error[table.j] ** 2)
    with np.errstate(invalid="ignore"):
        near = (gap <= tolerance + ROUNDING) | (gap <= interval)
    causes[near] = np.minimum(causes[near], NEAR_TIE)
    of_response = _response_causes(evidence, scores.sheet)
    return np.minimum(causes, np.minimum(of_response[table.i], of_response[table.j]))


def _score_error(evidence: Evidence, scores: MethodScores) -> NDArray[np.float64]:
    """Standard error of every response's score in points of the reported scale, (R,); 0 unless asked several times."""
    sheet = scores.sheet
    error = np.zeros(len(evidence.question_of))
    points = rescaled(np.array([sheet.scale[1], sheet.scale[0]]), sheet.scale, evidence.mode)
    unit = float(points[0] - points[1]) / (sheet.scale[1] - sheet.scale[0])
    error[sheet.response] = np.nan_to_num(standard_error(sheet)) * unit
    return error


def _response_causes(evidence: Evidence, sheet: ScoreSheet) -> NDArray[np.int64]:
    """What is wrong with the score judgments of every response on a sheet, (R,)."""
    columns = evidence.run.scores
    causes = np.full(len(evidence.question_of), FIRM, np.int64)
    causes[sheet.response[sheet.mass < LOW_MASS - ROUNDING]] = LEAKED
    number = columns.sheets.index((sheet.criterion, sheet.scale))
    causes[columns.response[(columns.sheet == number) & (columns.failure >= 0)]] = MISSING
    return causes
