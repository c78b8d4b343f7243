"""How far each question is from an order: fewest edits and cyclicity, from a run's evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.edits import MOST_EXACT, fewest_edits
from trustjudge_core.evidence import Evidence
from trustjudge_core.hodge import cyclicity
from trustjudge_core.records import UNKNOWN
from trustjudge_core.relations import relation_blocks, relation_matrix
from trustjudge_core.settings import Aggregation

# A verdict without probabilities says 0 or 1, whose logit is infinite; this is as sure as a flow may be.
SUREST = 0.99


@dataclass(frozen=True, slots=True)
class Structure:
    """How far one question is from an order.

    ``fewest_edits``: least number of relations to change so that a weak order remains, ``gap``
    how far that number may be above the true least (0 = proven); both None when not computed.
    ``cyclicity``: share of the preference flow that no ranking explains, NaN without pairs.
    """

    fewest_edits: int | None
    gap: int | None
    cyclicity: float


def structures(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> dict[int, Structure]:
    """Distance of every compared question from an order: question number -> structure.

    Fewest edits are exact up to 10 responses and not computed above. The flow behind cyclicity
    is the logit of P(i wins) + P(tie)/2, kept within 0.01 to 0.99.
    """
    relation = evidence.relation(aggregation, tolerance)
    preference = evidence.preference(aggregation)
    edits: dict[int, int] = {}
    for block in relation_blocks(evidence.index, evidence.table, relation):
        if block.relations.shape[1] <= MOST_EXACT:
            edits.update(zip(block.questions.tolist(), fewest_edits(block.relations).tolist(), strict=True))
    share = preference.probs[:, 0] + preference.probs[:, 2] / 2.0
    total = preference.probs.sum(axis=1)
    share = np.where(np.isnan(total), (relation + 1) / 2.0, share / np.where(total > 0, total, 1.0))
    share = np.clip(share, 1.0 - SUREST, SUREST)
    flow = np.where(relation == UNKNOWN, np.nan, np.log(share / (1.0 - share)))
    return {
        question: Structure(
            fewest_edits=edits.get(question),
            gap=0 if question in edits else None,
            cyclicity=cyclicity(_flow_matrix(evidence, flow, question)),
        )
        for question in np.unique(evidence.table.question[relation != UNKNOWN]).tolist()
    }


def _flow_matrix(evidence: Evidence, flow: NDArray[np.float64], question: int) -> NDArray[np.float64]:
    start, stop = evidence.index.offsets[question], evidence.index.offsets[question + 1]
    lo, hi = np.searchsorted(evidence.table.question, [question, question + 1])
    i, j = evidence.table.i[lo:hi] - start, evidence.table.j[lo:hi] - start
    matrix = np.full((stop - start, stop - start), np.nan)
    matrix[i, j], matrix[j, i] = flow[lo:hi], -flow[lo:hi]
    return matrix


def margin_matrix(evidence: Evidence, aggregation: Aggregation, question: int) -> NDArray[np.float64]:
    """Lead of the preferred outcome of every pair of one question, (n, n) symmetric, NaN where unknown."""
    matrix = _flow_matrix(evidence, evidence.preference(aggregation).lead, question)
    return np.abs(matrix)


def question_relations(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, question: int
) -> NDArray[np.int8]:
    """Relations of one question, (n, n)."""
    return relation_matrix(evidence.index, evidence.table, evidence.relation(aggregation, tolerance), question)
