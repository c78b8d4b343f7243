"""Shares by category of questions, each with an interval from resampling the questions of that category."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.position import position
from trustjudge_core.relations import relation_blocks
from trustjudge_core.settings import Aggregation
from trustjudge_core.subsets import count_subsets

LEAST_QUESTIONS = 2
"""With fewer questions there is nothing to resample; the share is shown without an interval."""


def _ratios(evidence: Evidence, counts: NDArray[np.int64], totals: NDArray[np.int64], seed: int) -> dict[str, Ratio]:
    names, of_question = evidence.categories
    found = {}
    for number, name in enumerate(names):
        inside = (of_question == number) & (totals > 0)
        bootstrap = QuestionBootstrap(int(inside.sum()), 1000, seed)
        found[name] = bootstrap.ratio(counts[inside], totals[inside])
    return found


def inconsistent_triples_by_category(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, seed: int = 0
) -> dict[str, Ratio]:
    """Share of inconsistent triples of every category."""
    questions = len(evidence.index.question_ids)
    violations, subsets = np.zeros(questions, np.int64), np.zeros(questions, np.int64)
    relation = evidence.relation(aggregation, tolerance)
    for block in relation_blocks(evidence.index, evidence.table, relation):
        counts = count_subsets(block.relations, (3,), published=False, kinds=False)[3]
        violations[block.questions], subsets[block.questions] = counts.violations, counts.subsets
    return _ratios(evidence, violations, subsets, seed)


def conflicts_by_category(
    evidence: Evidence, scores: MethodScores, aggregation: Aggregation, tolerance: float, seed: int = 0
) -> dict[str, Ratio]:
    """Conflict ratio of every category."""
    found = score_conflicts(evidence.score_sign(scores, tolerance), evidence.relation(aggregation, tolerance))
    return _ratios(evidence, evidence.per_question(found.conflict), evidence.per_question(found.known), seed)


def flips_by_category(evidence: Evidence, seed: int = 0) -> dict[str, Ratio]:
    """Share of pairs of every category whose winner changes with the shown order."""
    found = position(evidence.table)
    return _ratios(evidence, evidence.per_question(found.hard_flip), evidence.per_question(found.known), seed)
