"""Shares by category of questions, each with an interval from resampling the questions of that category."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.position import position
from trustjudge_core.relations import relation_blocks
from trustjudge_core.settings import Aggregation
from trustjudge_core.significance import group_p_value, q_values
from trustjudge_core.subsets import count_subsets


@dataclass(frozen=True, slots=True)
class CategoryShare:
    """The ratio of one category, and whether it differs from that of all other questions.

    ``q_value`` is the p-value of that difference after Benjamini and Hochberg over all categories:
    of the categories called different below q, about the share q are not. NaN without enough data.
    """

    ratio: Ratio
    p_value: float
    q_value: float


class CategoryShares:
    """Resamples of the questions of every category, drawn once and shared by every ratio of an audit."""

    def __init__(self, evidence: Evidence, resamples: int = 1000, seed: int = 0) -> None:
        names, of_question = evidence.categories
        self._inside = {name: of_question == number for number, name in enumerate(names)}
        self._bootstraps = {
            name: QuestionBootstrap(int(inside.sum()), resamples, seed) for name, inside in self._inside.items()
        }
        self._seed, self._tested = seed, resamples > 0 and len(names) > 1

    def of(self, counts: NDArray[np.int64], totals: NDArray[np.int64]) -> dict[str, CategoryShare]:
        """The ratio of every category from per-question counts, (Q,) and (Q,), in order of appearance."""
        rng = np.random.default_rng(self._seed)
        found = {}
        for name, inside in self._inside.items():
            p_value = group_p_value(counts, totals, inside, rng) if self._tested else float("nan")
            ratio = self._bootstraps[name].ratio(counts[inside], totals[inside])
            found[name] = CategoryShare(ratio, p_value, float("nan"))
        q = q_values([entry.p_value for entry in found.values()])
        return {name: replace(entry, q_value=value) for (name, entry), value in zip(found.items(), q, strict=True)}


def inconsistent_triples_by_category(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, seed: int = 0
) -> dict[str, CategoryShare]:
    """Share of inconsistent triples of every category."""
    questions = len(evidence.index.question_ids)
    violations, subsets = np.zeros(questions, np.int64), np.zeros(questions, np.int64)
    relation = evidence.relation(aggregation, tolerance)
    for block in relation_blocks(evidence.index, evidence.table, relation):
        counts = count_subsets(block.relations, (3,), published=False, kinds=False)[3]
        violations[block.questions], subsets[block.questions] = counts.violations, counts.subsets
    return CategoryShares(evidence, seed=seed).of(violations, subsets)


def conflicts_by_category(
    evidence: Evidence, scores: MethodScores, aggregation: Aggregation, tolerance: float, seed: int = 0
) -> dict[str, CategoryShare]:
    """Conflict ratio of every category."""
    found = score_conflicts(evidence.score_sign(scores, tolerance), evidence.relation(aggregation, tolerance))
    shares = CategoryShares(evidence, seed=seed)
    return shares.of(evidence.per_question(found.conflict), evidence.per_question(found.known))


def flips_by_category(evidence: Evidence, seed: int = 0) -> dict[str, CategoryShare]:
    """Share of pairs of every category whose winner changes with the shown order."""
    found = position(evidence.table)
    shares = CategoryShares(evidence, seed=seed)
    return shares.of(evidence.per_question(found.hard_flip), evidence.per_question(found.known))
