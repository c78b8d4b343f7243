"""Preference pairs for training a model: prompt, chosen, rejected, as TRL's trainers read them.

A pair that sits on a contradiction would teach the model one thing in one row and its opposite in
another, so such pairs are left out unless asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.evidence import Evidence
from trustjudge_core.export.tables import TableRow
from trustjudge_core.inconsistencies import inconsistent_triples
from trustjudge_core.records import Question, ResponseSet
from trustjudge_core.relations import relation_blocks
from trustjudge_core.settings import Aggregation


def contradicted(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> NDArray[np.bool_]:
    """Pairs that sit in at least one inconsistent triple, (N,)."""
    index, table = evidence.index, evidence.table
    on_one = np.zeros(len(table), np.bool_)
    starts = np.searchsorted(table.question, np.arange(len(index.question_ids) + 1))
    for block in relation_blocks(index, table, evidence.relation(aggregation, tolerance)):
        for question, relations in zip(block.questions.tolist(), block.relations, strict=True):
            found = inconsistent_triples(relations)
            marked = np.zeros(relations.shape, np.bool_)
            for a, b in ((found.i, found.j), (found.j, found.k), (found.i, found.k)):
                marked[a, b] = True
            own = slice(starts[question], starts[question + 1])
            on_one[own] = marked[table.i[own] - index.offsets[question], table.j[own] - index.offsets[question]]
    return on_one


def training_pairs(
    evidence: Evidence,
    response_set: ResponseSet,
    aggregation: Aggregation,
    tolerance: float,
    *,
    contradictions: bool = False,
) -> Iterator[TableRow]:
    """A row for every decided pair whose texts are known: prompt, chosen, rejected, margin, source.

    ``margin`` is how far the preferred outcome leads, 0 to 1 for probabilities. Ties teach nothing
    and are left out; so are pairs in an inconsistent triple unless ``contradictions``.
    """
    if aggregation not in evidence.preferences:
        return
    table, index = evidence.table, evidence.index
    relation = evidence.relation(aggregation, tolerance)
    lead = np.abs(evidence.preference(aggregation).lead)
    wanted = (relation == 1) | (relation == -1)
    if not contradictions:
        wanted &= ~contradicted(evidence, aggregation, tolerance)
    questions: dict[str, Question] = {question.question_id: question for question in response_set.questions}
    for pair in np.flatnonzero(wanted).tolist():
        start = int(index.offsets[table.question[pair]])
        question = questions[index.question_ids[table.question[pair]]]
        i, j = (question.responses[int(number) - start] for number in (table.i[pair], table.j[pair]))
        chosen, rejected = (i, j) if relation[pair] == 1 else (j, i)
        if question.text is None or chosen.text is None or rejected.text is None:
            continue
        yield {
            "prompt": question.text,
            "chosen": chosen.text,
            "rejected": rejected.text,
            "margin": float(lead[pair]),
            "source": f"{evidence.run.judge}: {question.question_id}: "
            f"{chosen.response_id} > {rejected.response_id} ({evidence.mode}, {aggregation}, tolerance {tolerance:g})",
        }
