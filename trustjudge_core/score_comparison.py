"""Scores against comparisons: the conflict ratio with its three-way split, of every sheet, method and tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.categories import CategoryShare, CategoryShares
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.scores import reported_scale
from trustjudge_core.settings import Aggregation, AuditSettings


@dataclass(frozen=True, eq=False)
class ScoreComparison:
    """Conflicts between scores and comparisons for one sheet, method and tolerance.

    ``scores`` (R,) are in points of ``reported_scale``; the tolerance is in the same points for
    scores and in probability for preferences.
    """

    method: str
    criterion: str
    scale: tuple[float, float]
    reported_scale: tuple[float, float]
    aggregation: Aggregation
    tolerance: float
    ratio: Ratio
    reversal: Ratio
    score_tie: Ratio
    comparison_tie: Ratio
    decided_reversal: Ratio  # reversals as a share of the pairs in which neither side ties
    by_category: dict[str, CategoryShare]
    scores: NDArray[np.float64]

    @property
    def both_decide(self) -> int:
        """Pairs in which neither side ties."""
        return self.decided_reversal.total


def score_comparisons(
    evidence: Evidence, settings: AuditSettings, bootstrap: QuestionBootstrap, shares: CategoryShares
) -> Iterator[ScoreComparison]:
    """Every sheet and method at every tolerance of the settings; nothing without comparisons."""
    # The published code always sets scores against agreeing verdicts.
    aggregation = "baseline" if settings.mode == "reference" else evidence.default_aggregation
    if not evidence.preferences:
        return
    for scores in evidence.method_scores:
        for tolerance in settings.tolerances:
            yield score_comparison(evidence, scores, aggregation, tolerance, bootstrap, shares)


def score_comparison(
    evidence: Evidence,
    scores: MethodScores,
    aggregation: Aggregation,
    tolerance: float,
    bootstrap: QuestionBootstrap,
    shares: CategoryShares,
) -> ScoreComparison:
    """One sheet and method at one tolerance against the relations of one aggregation."""
    sign, relation = evidence.score_sign(scores, tolerance), evidence.relation(aggregation, tolerance)
    found = score_conflicts(sign, relation)
    pairs, conflicts = evidence.per_question(found.known), evidence.per_question(found.conflict)
    both_decide = evidence.per_question(found.known & (sign != 0) & (relation != 0))

    masks = (found.reversal, found.score_tie, found.comparison_tie)
    reversal, score_tie, comparison_tie = (evidence.per_question(mask) for mask in masks)
    tallies = [(part, pairs) for part in (conflicts, reversal, score_tie, comparison_tie)]
    ratios = bootstrap.ratios([*tallies, (reversal, both_decide)])
    return ScoreComparison(
        method=scores.method,
        criterion=scores.sheet.criterion,
        scale=scores.sheet.scale,
        reported_scale=reported_scale(scores.sheet.scale, evidence.mode),
        aggregation=aggregation,
        tolerance=tolerance,
        ratio=ratios[0],
        reversal=ratios[1],
        score_tie=ratios[2],
        comparison_tie=ratios[3],
        decided_reversal=ratios[4],
        by_category=shares.of(conflicts, pairs),
        scores=scores.scores,
    )
