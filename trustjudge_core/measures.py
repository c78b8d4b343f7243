"""One number per property of a judge, from an audit and what stands beside it: what the self-test looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.stats import kendalltau

from trustjudge_core.audit import audit_evidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.gate import default_comparison
from trustjudge_core.judge_profile import judge_profile
from trustjudge_core.leaderboard import system_leaderboards
from trustjudge_core.planted import Planted
from trustjudge_core.settings import AuditSettings
from trustjudge_core.structure import structures

MEASURES_IN_WORDS: Final[dict[str, str]] = {
    "inconsistent triples": "share of triples no weak order explains",
    "edits": "fewest relations to change until there are orders, as a share of the relations",
    "cyclicity": "share of the preference flow no ranking explains, mean over questions",
    "soft deviation": "Jensen-Shannon divergence of preferences from what others imply",
    "tie rate": "share of relations that are ties",
    "reversals": "share of pairs in which scores and comparisons name different winners",
    "position effect": "logits that being shown first adds",
    "fairness": "share favouring the second place minus share favouring the first",
    "length effect": "logits per standardised difference of length",
    "stability": "share of repeated answers to a pair that agree",
    "score spread": "5th to 95th percentile of expected scores, as a share of the scale",
    "entropy": "entropy of score distributions as a share of the largest",
    "leaked mass": "probability outside the allowed labels",
    "one digit": "probability on labels of one digit",
    "failed": "share of judgments that gave nothing",
    "order": "Kendall's tau between the Bradley-Terry order of systems and the true one",
}


def measures(planted: Planted, settings: AuditSettings) -> Mapping[str, float]:
    """Every measure of MEASURES_IN_WORDS for one planted judge with names of systems and one score sheet."""
    evidence = Evidence(planted.run, settings.mode)
    audit, profile = audit_evidence(evidence, settings), judge_profile(evidence, settings)
    aggregation, tolerance = audit.default_aggregation, settings.tolerances[0]
    found = list(structures(evidence, aggregation, tolerance).values())
    triples = next(t for t in audit.transitivity if (t.aggregation, t.k) == (aggregation, 3))
    scores = default_comparison(audit)
    (use,) = profile.score_use
    relations = int((evidence.relation(aggregation, tolerance) >= -1).sum())
    judgments = audit.inputs.score_judgments + audit.inputs.pair_judgments
    values = (
        triples.ratio.value,
        sum(s.fewest_edits for s in found) / relations,
        float(np.mean([s.cyclicity for s in found])),
        profile.soft_transitivity.deviation.value,
        triples.tie_rate,
        scores.reversal.value if scores else float("nan"),
        profile.position.effect.value,
        profile.position.whole.fairness.value,
        profile.length.slope.value,
        profile.repetition[1].stability.value,
        use.spread,
        use.entropy.value,
        profile.pair_leaked.value,
        use.one_digit.value,
        sum(entry.count for entry in audit.ledger) / judgments,
        _order(planted, evidence),
    )
    return dict(zip(MEASURES_IN_WORDS, values, strict=True))


def _order(planted: Planted, evidence: Evidence) -> float:
    """Kendall's tau between strengths of systems and their mean skill."""
    boards = system_leaderboards(evidence, evidence.default_aggregation, 0.0, resamples=0)
    board = next(b for b in boards if b.ranking.method == "bradley_terry_soft")
    skill: dict[str, list[float]] = {name: [] for name in board.names}
    for system, value in zip(planted.run.index.systems, planted.skills.tolist(), strict=True):
        skill[str(system)].append(value)
    return float(kendalltau(board.ranking.strength, [np.mean(skill[name]) for name in board.names]).statistic)
