"""Conflicts and inconsistent triples as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from trustjudge_core.causes import CAUSES
from trustjudge_core.contradictions import CONFLICT_KINDS, chain_rows, conflict_rows
from trustjudge_core.cycles import chain_of
from trustjudge_core.evidence import NO_CATEGORY, Evidence
from trustjudge_core.export.tables import TableRow
from trustjudge_core.inconsistencies import KINDS
from trustjudge_core.settings import Aggregation

RELATION_IN_WORDS: Final = {1: "first wins", -1: "second wins", 0: "tie"}


def conflict_table(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """A row for every pair whose scores and comparison disagree, for every score method, largest gap first."""
    index, table = evidence.index, evidence.table
    for scores in evidence.method_scores if aggregation in evidence.preferences else ():
        found = conflict_rows(evidence, scores, aggregation, tolerance)
        rows = zip(found.pair, found.kind, found.gap, found.relation, found.cause, strict=True)
        for pair, kind, gap, relation, cause in rows:
            i, j, question = int(table.i[pair]), int(table.j[pair]), int(table.question[pair])
            yield {
                "method": scores.method,
                "criterion": scores.sheet.criterion,
                "question": index.question_ids[question],
                "category": index.categories[question] or NO_CATEGORY,
                "first": index.response_ids[i],
                "second": index.response_ids[j],
                "kind": CONFLICT_KINDS[kind],
                "score_first": float(scores.scores[i]),
                "score_second": float(scores.scores[j]),
                "score_gap": float(gap),
                "comparison": RELATION_IN_WORDS[int(relation)],
                "cause": CAUSES[cause],
            }


def triple_table(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """A row for every inconsistent triple in reading order (A > B, B > C, C > A), the firmest first.

    ``margin_1`` belongs to the step from a to b, ``margin_2`` from b to c, ``margin_3`` closes the
    chain. At most `MOST_LISTED` triples are listed.
    """
    if aggregation not in evidence.preferences:
        return
    index, table = evidence.index, evidence.table
    relation = evidence.relation(aggregation, tolerance)
    lead = np.abs(evidence.preference(aggregation).lead)
    responses = len(index.response_ids)
    key = table.i * responses + table.j
    found = chain_rows(evidence, aggregation, tolerance)
    rows = zip(found.question.tolist(), found.members.tolist(), found.kind.tolist(), found.cause, strict=True)
    for question, members, kind, cause in rows:
        relations, margins = np.zeros((3, 3), np.int8), np.full((3, 3), np.nan)
        for a, b in ((0, 1), (0, 2), (1, 2)):
            pair = int(np.searchsorted(key, members[a] * responses + members[b]))
            relations[a, b], relations[b, a] = relation[pair], -relation[pair]
            margins[a, b] = margins[b, a] = lead[pair]
        chain = chain_of((0, 1, 2), KINDS[kind], relations, margins)
        ids = [index.response_ids[member] for member in members]
        first, second, closing = chain.links
        yield {
            "question": index.question_ids[question],
            "category": index.categories[question] or NO_CATEGORY,
            "kind": KINDS[kind],
            "a": ids[first.winner],
            "b": ids[first.loser],
            "c": ids[second.loser],
            "a_b": "tie" if first.tie else "a wins",
            "b_c": "tie" if second.tie else "b wins",
            "closing": "c = a" if closing.tie else ("c wins" if closing.winner == second.loser else "a wins"),
            "margin_1": first.margin,
            "margin_2": second.margin,
            "margin_3": closing.margin,
            "weakest_margin": chain.strength,
            "cause": CAUSES[cause],
        }
