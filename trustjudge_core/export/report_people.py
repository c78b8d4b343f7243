"""What people changed, as the first part of a corrected report: who moved, and which decided pairs moved them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from trustjudge_core.correction import CorrectedEvidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.report import ReportTable, Section
from trustjudge_core.move_words import move_records, move_sentences
from trustjudge_core.moves import Move, Moves, field_of_systems
from trustjudge_core.ranking import RANKING_IN_WORDS, RankingMethod
from trustjudge_core.relations import relation_words
from trustjudge_core.settings import Aggregation

METHOD: Final[RankingMethod] = "bradley_terry"
MOST_PAIRS: Final = 8
"""Decided pairs that are listed for one system, those that weigh most; the ranking page lists all of them."""


def people_section(
    before: Evidence,
    after: CorrectedEvidence,
    people: Mapping[int, tuple[str, ...]],
    aggregation: Aggregation,
    tolerance: float,
) -> Section:
    """Ranks by the judge alone and corrected, and why they changed. ``people``: who decided each pair, by row."""
    decided, pairs = int(after.decided.sum()), len(after.table)
    changed = after.decided & (before.relation(aggregation, tolerance) != after.relation(aggregation, tolerance))
    section = Section("What people changed")
    section.words.append(
        f"People decided {decided:,} of {pairs:,} pairs, {int(changed.sum()):,} of them otherwise than the judge. "
        f"A verdict counts with weight {after.weight:g}; at weight 1 it decides its pair."
    )
    field = field_of_systems(before)
    if len(field.names) < 2:
        return section
    moves = Moves(before, after, field, METHOD, aggregation, tolerance)
    order = np.lexsort((moves.rank_before, moves.rank_after))
    section.words.append(f"Ranks of systems by {RANKING_IN_WORDS[METHOD]}:")
    section.tables.append(
        ReportTable(
            ("system", "by the judge alone", "corrected", "change"),
            tuple(
                (field.names[n], str(moves.rank_before[n]), str(moves.rank_after[n]),
                 _change(int(moves.rank_before[n]), int(moves.rank_after[n])))
                for n in order.tolist()
            ),
        )
    )  # fmt: skip
    before_and_after = [(tally.wins, tally.ties) for tally in moves.tallies()]
    for entry in moves.moved():
        move = moves.explain(entry)
        first, *others = move_sentences(move, moves.rank_after, field.names)
        records = move_records(move, before_and_after[0], before_and_after[1], field.names)
        section.tables.append(
            ReportTable(("against", "by the judge alone", "with the verdicts"), tuple(records), lead=first)
        )
        section.tables.append(_pairs(move, " ".join(others), after, people))
    return section


def _change(before: int, after: int) -> str:
    if before == after:
        return "none"
    return f"up {before - after}" if after < before else f"down {after - before}"


def _pairs(move: Move, lead: str, after: CorrectedEvidence, people: Mapping[int, tuple[str, ...]]) -> ReportTable:
    """The decided pairs that moved a system, those that weigh most."""
    table, index = after.table, after.index
    rows = []
    for effect in move.effects[:MOST_PAIRS]:
        question, i, j = (int(column[effect.case]) for column in (table.question, table.i, table.j))
        local = index.names(question)
        one, other = (local[end - int(index.offsets[question])] for end in (i, j))
        rows.append(
            (
                index.question_ids[question],
                relation_words(one, other, effect.before),
                relation_words(one, other, effect.after),
                ", ".join(people.get(effect.case, ())),
            )
        )
    left = len(move.effects) - len(rows)
    columns = ("question", "the judge said", "people say", "decided by")
    return ReportTable(columns, tuple(rows), f"and {left:,} further pairs" if left else "", lead)
