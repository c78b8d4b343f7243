"""The columns of every exported table with their types: a table without rows has them too, one without values also."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trustjudge_core.evidence import Evidence
from trustjudge_core.export.scores import score_methods
from trustjudge_core.export.tables import Columns

_OF: Final[Mapping[str, Columns]] = {
    "ranking": {
        "scope": str, "question": str, "method": str, "rank": int, "id": str, "strength": float, "low": float,
        "high": float, "rank_low": int, "rank_high": int, "contradicted_pairs": int,
    },
    "contradicted_pairs": {"scope": str, "question": str, "method": str, "winner": str, "loser": str},
    "conflicts": {
        "method": str, "criterion": str, "question": str, "category": str, "first": str, "second": str, "kind": str,
        "score_first": float, "score_second": float, "score_gap": float, "comparison": str, "cause": str,
    },
    "inconsistent_triples": {
        "question": str, "category": str, "kind": str, "a": str, "b": str, "c": str, "a_b": str, "b_c": str,
        "closing": str, "margin_1": float, "margin_2": float, "margin_3": float, "weakest_margin": float, "cause": str,
    },
    "preferences": {
        "question": str, "category": str, "first": str, "second": str, "forward": str, "backward": str,
        "p_first_wins": float, "p_second_wins": float, "p_tie": float, "margin": float, "relation": str,
        "judgments": int, "usable_judgments": int,
    },
    "verdicts": {"question_id": str, "first": str, "second": str, "annotator": str, "verdict": str},
    "ledger": {"kind": str, "reason": str, "judgments": int},
}  # fmt: skip

TRAINING: Final[Columns] = {"prompt": str, "chosen": str, "rejected": str, "margin": float, "source": str}
"""Of preference pairs for training."""

HOW_MADE: Final[Columns] = {
    "judge": str, "mode": str, "corrected_pairs": int, "verdict_weight": float, "aggregation": str, "tolerance": float,
}  # fmt: skip
"""Of what every row ends with; which of them depends on the table."""


def columns_of(table: str, evidence: Evidence) -> Columns:
    """The columns of a table before those of `HOW_MADE`; scores have one for each method that the judgments support."""
    if table != "scores":
        return _OF[table]
    return {
        **dict.fromkeys(("question", "category", "response", "system", "criterion"), str),
        **dict.fromkeys(("scale_low", "scale_high", *score_methods(evidence), "mass"), float),
        "judgments": int,
        "gold": float,
    }
