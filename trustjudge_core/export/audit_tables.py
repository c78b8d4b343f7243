"""The tables of an audit as rows of plain values, ready for CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from trustjudge_core.contradictions import CONFLICT_KINDS, chain_rows, conflict_rows
from trustjudge_core.evidence import Evidence
from trustjudge_core.inconsistencies import KINDS
from trustjudge_core.leaderboard import leaderboards
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation

Row = dict[str, Any]

_OUTCOME = {1: "first", -1: "second", 0: "tie", UNKNOWN: None}


def ranking_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[Row]:
    """Every ranking, a row per entry: systems first, then the responses of each question."""
    for board in leaderboards(evidence, aggregation, tolerance):
        ranking = board.ranking
        for n in board.order:
            yield {
                "scope": board.scope,
                "question": board.question,
                "method": ranking.method,
                "id": board.names[n],
                "rank": int(ranking.rank[n]) or None,
                "strength": float(ranking.strength[n]),
                "low": float(ranking.low[n]),
                "high": float(ranking.high[n]),
                "contradicted_pairs": sum(n in pair for pair in ranking.contradicted),
                "remark": ranking.remark or None,
            }


def preference_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[Row]:
    """Every pair with its relation; ``relation`` says which of response_1 and response_2 wins."""
    table, index = evidence.table, evidence.index
    if not evidence.preferences:
        return
    preference = evidence.preference(aggregation)
    relation = evidence.relation(aggregation, tolerance)
    for row in range(len(table)):
        first, second, tie = (float(p) for p in preference.probs[row])
        yield {
            "question": index.question_ids[table.question[row]],
            "response_1": index.response_ids[table.i[row]],
            "response_2": index.response_ids[table.j[row]],
            "relation": _OUTCOME[int(relation[row])],
            "margin": float(preference.lead[row]),
            "share_1": first,
            "share_2": second,
            "share_tie": tie,
            "verdict_1_shown_first": _OUTCOME[int(table.verdict[row, 0])],
            "verdict_2_shown_first": _OUTCOME[int(table.verdict[row, 1])],
        }


def score_rows(evidence: Evidence) -> Iterator[Row]:
    """Every score by every method, a row per response, sheet and method."""
    index = evidence.index
    for found in evidence.method_scores:
        for response in np.flatnonzero(np.isfinite(found.scores)):
            yield {
                "question": index.question_ids[evidence.question_of[response]],
                "response": index.response_ids[response],
                "system": index.systems[response],
                "criterion": found.sheet.criterion,
                "scale_low": found.sheet.scale[0],
                "scale_high": found.sheet.scale[1],
                "method": found.method,
                "score": float(found.scores[response]),
            }


def conflict_table(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[Row]:
    """Every conflict between scores and comparisons, largest gap first."""
    scores = evidence.default_scores
    if scores is None or not evidence.preferences:
        return
    index, table = evidence.index, evidence.table
    rows = conflict_rows(evidence, scores, aggregation, tolerance)
    for pair, kind, gap, relation in zip(rows.pair, rows.kind, rows.gap, rows.relation, strict=True):
        yield {
            "question": index.question_ids[table.question[pair]],
            "kind": CONFLICT_KINDS[kind],
            "response_1": index.response_ids[table.i[pair]],
            "response_2": index.response_ids[table.j[pair]],
            "score_gap": float(gap),
            "relation": _OUTCOME[int(relation)],
        }


def triple_rows(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[Row]:
    """Every inconsistent triple, the firmest first."""
    if not evidence.preferences:
        return
    index = evidence.index
    rows = chain_rows(evidence, aggregation, tolerance)
    for question, members, kind, strength in zip(rows.question, rows.members, rows.kind, rows.strength, strict=True):
        a, b, c = (index.response_ids[r] for r in members)
        yield {
            "question": index.question_ids[question],
            "kind": KINDS[kind],
            "response_1": a,
            "response_2": b,
            "response_3": c,
            "smallest_margin": float(strength),
        }
