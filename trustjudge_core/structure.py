"""How far each question is from an order, and what stands in the way, from a run's evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, share
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.cycles import tangled_groups, tangled_groups_of_many
from trustjudge_core.edits import Edits, fewest_edits
from trustjudge_core.evidence import Evidence
from trustjudge_core.hodge import FlowParts, cyclicity_of_each, flow_parts
from trustjudge_core.mending import Mending, mending
from trustjudge_core.records import UNKNOWN
from trustjudge_core.relations import relation_blocks, relation_matrix
from trustjudge_core.settings import Aggregation
from trustjudge_core.soft_transitivity import soft_deviation

# A verdict without probabilities says 0 or 1, whose logit is infinite; this is as sure as a flow may be.
SUREST = 0.99


@dataclass(frozen=True, slots=True)
class Change:
    """A relation that would be another: of responses ``i`` < ``j`` of a question, 1 i wins, 0 tie, -1 j wins."""

    i: int
    j: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Structure:
    """How far one question is from an order. Responses are numbered within the question.

    ``fewest_edits``: least number of relations to change so that a weak order remains, ``gap``
    how far that number may be above the true least (0 = proven), ``edits`` the changes themselves.
    ``best_flip``: the one change that removes most inconsistent triples, and ``flip_removes`` how many.
    ``groups``: responses that beat each other around cycles of wins, largest group first.
    ``cyclicity``: share of the preference flow that no ranking explains; ``soft_deviation``: mean
    Jensen-Shannon divergence of the preferences in a triple from what the others imply. NaN without pairs or triples.
    """

    fewest_edits: int
    gap: int
    edits: tuple[Change, ...]
    best_flip: Change | None
    flip_removes: int
    groups: tuple[tuple[int, ...], ...]
    cyclicity: float
    soft_deviation: float


def structures(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, clock: SolverClock | None = None
) -> dict[int, Structure]:
    """Distance of every compared question from an order: question number -> structure."""
    relation = evidence.relation(aggregation, tolerance)
    compared = np.zeros(len(evidence.index.question_ids), np.bool_)
    compared[evidence.table.question[relation != UNKNOWN]] = True
    flow = preference_flow(evidence, aggregation, tolerance)
    clock = clock or SolverClock()
    found: dict[int, Structure] = {}
    for block in relation_blocks(evidence.index, evidence.table, relation):
        some = compared[block.questions]
        questions, relations = block.questions[some], block.relations[some]
        if not len(questions):
            continue
        flows = pair_matrices(evidence, questions, flow, antisymmetric=True)
        cyclic = cyclicity_of_each(flows)
        deviations, triples = soft_deviation(flows)
        edits, mended = fewest_edits(relations, clock), mending(relations)
        tangled = tangled_groups_of_many(relations)
        for n, question in enumerate(questions.tolist()):
            flip = mended.best(n)
            found[question] = Structure(
                fewest_edits=int(edits.count[n]),
                gap=int(edits.gap[n]),
                edits=_edits(edits, n, relations[n]),
                best_flip=None if flip is None else _flip(mended, n, flip, relations[n]),
                flip_removes=0 if flip is None else int(mended.removed[n][flip]),
                groups=tuple(tuple(group) for group in tangled[n]),
                cyclicity=float(cyclic[n]),
                soft_deviation=float(deviations[n] / triples[n]) if triples[n] else float("nan"),
            )
    return dict(sorted(found.items()))


def _edits(edits: Edits, n: int, relations: NDArray[np.int8]) -> tuple[Change, ...]:
    order = edits.order(n)
    return tuple(Change(i, j, int(relations[i, j]), int(order[i, j])) for i, j in edits.pairs(n, relations))


def _flip(mended: Mending, n: int, pair: tuple[int, int], relations: NDArray[np.int8]) -> Change:
    return Change(*pair, int(relations[pair]), int(mended.relation[n][pair]))


@dataclass(frozen=True, slots=True)
class SoftTransitivity:
    """Mean soft deviation over all triples of a run with known preferences."""

    triples: int
    deviation: Estimate


def soft_transitivity(evidence: Evidence, aggregation: Aggregation, bootstrap: QuestionBootstrap) -> SoftTransitivity:
    """How far the preferences of a run are from following from each other; needs no tolerance. NaN without triples."""
    questions = len(evidence.index.question_ids)
    sums, triples = np.zeros(questions), np.zeros(questions)
    relation = evidence.relation(aggregation, 0.0)
    flow = preference_flow(evidence, aggregation, 0.0)
    for block in relation_blocks(evidence.index, evidence.table, relation):
        flows = pair_matrices(evidence, block.questions, flow, antisymmetric=True)
        sums[block.questions], triples[block.questions] = soft_deviation(flows)
    return SoftTransitivity(int(triples.sum()), bootstrap.estimate(np.stack([sums, triples], axis=1), share))


@dataclass(frozen=True, eq=False)
class QuestionStructure:
    """Everything a page shows of one question: ``relations`` and ``margins`` (n, n), edits, flow parts, mending."""

    relations: NDArray[np.int8]
    margins: NDArray[np.float64]
    edits: Edits
    flow: FlowParts
    mending: Mending
    groups: tuple[tuple[int, ...], ...]


def question_structure(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, question: int, clock: SolverClock | None = None
) -> QuestionStructure:
    """The structure of one question, with its whole tables."""
    relations = question_relations(evidence, aggregation, tolerance, question)
    flow = preference_flow(evidence, aggregation, tolerance)
    return QuestionStructure(
        relations=relations,
        margins=margin_matrix(evidence, aggregation, question),
        edits=fewest_edits(relations[None], clock),
        flow=flow_parts(pair_matrices(evidence, np.array([question]), flow, antisymmetric=True)[0]),
        mending=mending(relations[None]),
        groups=tuple(tuple(group) for group in tangled_groups(relations)),
    )


def preference_flow(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> NDArray[np.float64]:
    """Logit of P(i wins) + P(tie)/2 of every pair, kept within 0.01 to 0.99, (N,); NaN where there is no relation.

    Where an aggregation has no probabilities, a win is as sure as a flow may be and a tie is even.
    """
    relation = evidence.relation(aggregation, tolerance)
    preference = evidence.preference(aggregation)
    share = preference.probs[:, 0] + preference.probs[:, 2] / 2.0
    total = preference.probs.sum(axis=1)
    share = np.where(np.isnan(total), (relation + 1) / 2.0, share / np.where(total > 0, total, 1.0))
    share = np.clip(share, 1.0 - SUREST, SUREST)
    return np.where(relation == UNKNOWN, np.nan, np.log(share / (1.0 - share)))


def pair_matrices(
    evidence: Evidence, questions: NDArray[np.int64], values: NDArray[np.float64], *, antisymmetric: bool
) -> NDArray[np.float64]:
    """Values of pairs (N,) as matrices of questions of one size n, (B, n, n), NaN where there is no pair."""
    table, offsets = evidence.table, evidence.index.offsets
    place = np.full(len(offsets) - 1, -1, np.int64)
    place[questions] = np.arange(len(questions))
    inside = np.flatnonzero(place[table.question] >= 0)
    start = offsets[table.question[inside]]
    where, i, j = place[table.question[inside]], table.i[inside] - start, table.j[inside] - start
    n = int(offsets[questions[0] + 1] - offsets[questions[0]])
    matrices = np.full((len(questions), n, n), np.nan)
    matrices[where, i, j] = values[inside]
    matrices[where, j, i] = -values[inside] if antisymmetric else values[inside]
    return matrices


def margin_matrix(evidence: Evidence, aggregation: Aggregation, question: int) -> NDArray[np.float64]:
    """Lead of the preferred outcome of every pair of one question, (n, n) symmetric, NaN where unknown."""
    lead = evidence.preference(aggregation).lead
    (margins,) = pair_matrices(evidence, np.array([question]), lead, antisymmetric=False)
    return np.asarray(margins)


def question_relations(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, question: int
) -> NDArray[np.int8]:
    """Relations of one question, (n, n)."""
    return relation_matrix(evidence.index, evidence.table, evidence.relation(aggregation, tolerance), question)
