"""Every pair with both orders, its preference and its relation, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from trustjudge_core.evidence import NO_CATEGORY, Evidence
from trustjudge_core.export.tables import TableRow
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation

_OUTCOME: Final = {1: "first wins", -1: "second wins", 0: "tie", UNKNOWN: None}


def preference_table(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """A row for every pair that the judge was asked about; empty cells where it gave no usable answer.

    ``first`` appeared before ``second`` in the set. ``forward`` is the judgment that showed it
    first, ``backward`` the one that showed it second; both name their winner by these columns.
    """
    index, table = evidence.index, evidence.table
    probs, lead = np.full((len(table), 3), np.nan), np.full(len(table), np.nan)
    relation = np.full(len(table), UNKNOWN, np.int8)
    if aggregation in evidence.preferences:
        preference = evidence.preference(aggregation)
        probs, lead = preference.probs, np.abs(preference.lead)
        relation = evidence.relation(aggregation, tolerance)
    for pair in range(len(table)):
        question = int(table.question[pair])
        forward, backward = (int(v) for v in table.verdict[pair])
        first_wins, second_wins, tie = (float(p) for p in probs[pair])
        yield {
            "question": index.question_ids[question],
            "category": index.categories[question] or NO_CATEGORY,
            "first": index.response_ids[int(table.i[pair])],
            "second": index.response_ids[int(table.j[pair])],
            "forward": _OUTCOME[forward],
            "backward": _OUTCOME[backward],
            "p_first_wins": first_wins,
            "p_second_wins": second_wins,
            "p_tie": tie,
            "margin": float(lead[pair]),
            "relation": _OUTCOME[int(relation[pair])],
            "judgments": int(table.judgments[pair].sum()),
            "usable_judgments": int(table.usable[pair].sum()),
        }
