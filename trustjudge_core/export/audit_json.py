"""An audit as the documented JSON (docs/audit-json.md). NaN becomes null: there is not enough data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trustjudge_core.audit import Audit, LedgerEntry, audit_evidence
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.categories import CategoryShare
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.numbers import interval, number
from trustjudge_core.export.profile_json import (
    causes_entry,
    length_entry,
    position_profile,
    repetition_entries,
    score_use_entries,
    soft_conflict_entries,
    soft_transitivity_entry,
)
from trustjudge_core.export.structure_json import structure_entries
from trustjudge_core.judge_profile import JudgeProfile, judge_profile
from trustjudge_core.leaderboard import Leaderboard, leaderboards
from trustjudge_core.records import RunJudgments
from trustjudge_core.score_comparison import ScoreComparison
from trustjudge_core.settings import AuditSettings
from trustjudge_core.transitivity import Transitivity


def audit_json(runs: Sequence[RunJudgments], settings: AuditSettings) -> dict[str, Any]:
    """Audits of one or more runs over the same response set as one JSON object."""
    return json_of([(evidence, audit_evidence(evidence, settings)) for evidence in _gather(runs, settings)])


def _gather(runs: Sequence[RunJudgments], settings: AuditSettings) -> list[Evidence]:
    return [Evidence(run, settings.mode) for run in runs]


def json_text(audited: Sequence[tuple[Evidence, Audit]]) -> str:
    """`json_of` as the text of a file: UTF-8, one value a line, no NaN."""
    return json.dumps(json_of(audited), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def json_of(audited: Sequence[tuple[Evidence, Audit]]) -> dict[str, Any]:
    """The JSON object of audits already computed, with the evidence they were computed from."""
    first = audited[0][1]
    pairs = {
        (int(i), int(j)) for evidence, _ in audited for i, j in zip(evidence.table.i, evidence.table.j, strict=True)
    }
    profiles = [judge_profile(evidence, audit.settings) for evidence, audit in audited]
    clocks = [SolverClock(audit.settings.solver_seconds, audit.settings.solver_budget) for _, audit in audited]
    return {
        "mode": first.settings.mode,
        "tolerances": list(first.settings.tolerances),
        "inputs": {
            "questions": first.inputs.questions,
            "responses": first.inputs.responses,
            "pairs": len(pairs),
            "judges": [_coverage(audit) for _, audit in audited],
        },
        "ledger": _ledger([audit.ledger for _, audit in audited]),
        "score_comparison": [
            _score_comparison(audit.judge, entry, evidence)
            for evidence, audit in audited
            for entry in audit.score_comparison
        ],
        "transitivity": [
            _transitivity(audit.judge, entry, first.settings.mode == "reference")
            for _, audit in audited
            for entry in audit.transitivity
        ],
        "structure": [
            entry
            for (evidence, audit), clock in zip(audited, clocks, strict=True)
            for entry in structure_entries(evidence, audit, clock)
        ],
        "causes": [causes_entry(audit) for _, audit in audited],
        **_profiles(audited, profiles),
        "rankings": [
            _ranking(audit.judge, board)
            for (evidence, audit), clock in zip(audited, clocks, strict=True)
            for board in leaderboards(evidence, audit.default_aggregation, audit.settings.tolerances[0], clock)
        ],
        "agreement": [
            {
                "judge": audit.judge,
                "annotator": person.annotator,
                "aggregation": aggregation,
                "pairs": person.pairs,
                "both_decisive": person.both_decisive,
                "agree": person.agree,
                "kappa": number(person.kappa),
                "interval": interval(person.low, person.high),
                "interval_bca": interval(person.bca_low, person.bca_high),
            }
            for _, audit in audited
            for aggregation, person in audit.agreement
        ],
    }


def _profiles(audited: Sequence[tuple[Evidence, Audit]], profiles: Sequence[JudgeProfile]) -> dict[str, Any]:
    """What needs no threshold between right and wrong, and the position counts beside it."""
    both = [(audit, profile) for (_, audit), profile in zip(audited, profiles, strict=True)]
    return {
        "soft_transitivity": [soft_transitivity_entry(a.judge, a.default_aggregation, p) for a, p in both],
        "soft_conflict": [entry for a, p in both for entry in soft_conflict_entries(a.judge, p)],
        "position": [{**_position(a), **position_profile(p)} for a, p in both],
        "length": [length_entry(a.judge, p) for a, p in both],
        "repetition": [entry for a, p in both for entry in repetition_entries(a.judge, p)],
        "score_use": [entry for a, p in both for entry in score_use_entries(a.judge, p)],
    }


def _share(ratio: Ratio) -> float | None:
    return number(ratio.value)


def _intervals(ratio: Ratio) -> dict[str, Any]:
    return {
        "interval": interval(ratio.low, ratio.high),
        "interval_bca": interval(ratio.bca_low, ratio.bca_high),
    }


def _by_category(shares: Mapping[str, CategoryShare], total: str, count: str) -> dict[str, Any]:
    return {
        name: {
            total: entry.ratio.total,
            count: entry.ratio.count,
            "ratio": _share(entry.ratio),
            **_intervals(entry.ratio),
            "q_value": number(entry.q_value),
        }
        for name, entry in shares.items()
    }


def _coverage(audit: Audit) -> dict[str, Any]:
    seen = audit.inputs
    return {
        "judge": audit.judge,
        "pairs": seen.pairs,
        "pairs_compared": seen.pairs_compared,
        "score_judgments": seen.score_judgments,
        "pair_judgments": seen.pair_judgments,
        "both_orders": seen.both_orders,
        "low_mass": seen.low_mass,
    }


def _ledger(ledgers: Sequence[Sequence[LedgerEntry]]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for ledger in ledgers:
        for entry in ledger:
            counts[entry.kind, entry.reason] = counts.get((entry.kind, entry.reason), 0) + entry.count
    return [{"kind": kind, "reason": reason, "count": count} for (kind, reason), count in counts.items()]


def _score_comparison(judge: str, entry: ScoreComparison, evidence: Evidence) -> dict[str, Any]:
    index = evidence.index
    question_of = evidence.question_of
    return {
        "judge": judge,
        "method": entry.method,
        "criterion": entry.criterion,
        "scale": _scale(entry.scale),
        "reported_scale": _scale(entry.reported_scale),
        "aggregation": entry.aggregation,
        "tolerance": entry.tolerance,
        "pairs": entry.ratio.total,
        "conflicts": entry.ratio.count,
        "ratio": _share(entry.ratio),
        **_intervals(entry.ratio),
        "split": {
            "reversal": entry.reversal.count,
            "score_tie": entry.score_tie.count,
            "comparison_tie": entry.comparison_tie.count,
        },
        "split_intervals": {
            "reversal": interval(entry.reversal.low, entry.reversal.high),
            "score_tie": interval(entry.score_tie.low, entry.score_tie.high),
            "comparison_tie": interval(entry.comparison_tie.low, entry.comparison_tie.high),
        },
        "both_decide": entry.both_decide,
        "by_category": _by_category(entry.by_category, "pairs", "conflicts"),
        "scores": {
            f"{index.question_ids[question_of[r]]}:{index.response_ids[r]}": float(entry.scores[r])
            for r in np.flatnonzero(np.isfinite(entry.scores))
        },
    }


def _scale(scale: tuple[float, float]) -> list[int | float]:
    return [int(end) if float(end).is_integer() else end for end in scale]


def _transitivity(judge: str, entry: Transitivity, reference: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "judge": judge,
        "aggregation": entry.aggregation,
        "k": entry.k,
        "tolerance": entry.tolerance,
        "subsets": entry.ratio.total,
        "violations": entry.ratio.count,
        "ratio": _share(entry.ratio),
        **_intervals(entry.ratio),
        "pairs": entry.ties.total,
        "ties": entry.ties.count,
        "tie_rate": number(entry.tie_rate),
        "tie_interval": interval(entry.ties.low, entry.ties.high),
        "chance": number(entry.chance),
        "chance_corrected": number(entry.corrected.value),
        "chance_corrected_interval": interval(entry.corrected.low, entry.corrected.high),
        "triples": {
            "known": entry.triples.total,
            "inconsistent": entry.triples.count,
            "ratio": _share(entry.triples),
            **_intervals(entry.triples),
        },
        "exact": entry.exact,
        "drawn": entry.drawn,
        "drawing_interval": None if entry.exact else interval(entry.drawing_low, entry.drawing_high),
        "kinds": dict(entry.kinds),
        "by_category": _by_category(entry.by_category, "subsets", "violations"),
    }
    if reference:
        found["reference_types"] = dict(entry.reference_types)
    return found


def _position(audit: Audit) -> dict[str, Any]:
    found = audit.position
    return {
        "judge": audit.judge,
        "pairs": found.pairs,
        "order_unknown": found.order_unknown,
        "consistent": found.consistent.count,
        "first_favouring": found.first_favouring.count,
        "second_favouring": found.second_favouring.count,
        "hard_flips": found.hard_flips.count,
        "hard_first": found.hard_first,
        "hard_second": found.hard_second,
        "tie_rate": number(found.tie_rate),
        **_intervals(found.consistent),
        "first_favouring_interval": interval(found.first_favouring.low, found.first_favouring.high),
        "second_favouring_interval": interval(found.second_favouring.low, found.second_favouring.high),
        "hard_flips_interval": interval(found.hard_flips.low, found.hard_flips.high),
    }


def _ranking(judge: str, board: Leaderboard) -> dict[str, Any]:
    ranking = board.ranking
    return {
        "judge": judge,
        "scope": board.scope,
        "question": board.question,
        "method": ranking.method,
        "items": [
            {
                "id": board.names[n],
                "strength": number(ranking.strength[n]),
                "low": number(ranking.low[n]),
                "high": number(ranking.high[n]),
                "interval_bca": None
                if ranking.bca_low is None or ranking.bca_high is None
                else interval(ranking.bca_low[n], ranking.bca_high[n]),
                "rank": int(ranking.rank[n]) or None,
                "rank_low": None if ranking.rank_low is None else int(ranking.rank_low[n]) or None,
                "rank_high": None if ranking.rank_high is None else int(ranking.rank_high[n]) or None,
            }
            for n in board.order
        ],
        "contradicted_pairs": [[board.names[w], board.names[loser]] for w, loser in ranking.contradicted],
        "reversals": number(ranking.reversals),
        "gap": number(ranking.gap),
        "remark": ranking.remark or None,
    }
