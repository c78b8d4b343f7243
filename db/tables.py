"""Every table. The schema itself is made by `db.migrations`; a test proves that both agree.

Facts (`APPEND_ONLY`) are written once and never changed; the database refuses it by triggers.
Everywhere ``id`` is a row's own number and ``key`` the name that a file gave (a question id, a
response id). Numbers a person or judge gave are float64: reference mode promises 1e-9.
"""

from __future__ import annotations

from typing import Final

from db.people_tables import VERDICT_KINDS, activity, presentations, review_rules, rubrics, verdicts
from db.run_tables import STATES, judges, pair_judgments, runs, score_judgments, score_sheets
from db.schema import MOMENT, NAMING, ROW, SHA256, metadata
from db.set_tables import column_mappings, questions, response_sets, responses

__all__ = [
    "APPEND_ONLY",
    "MOMENT",
    "NAMING",
    "ROW",
    "SHA256",
    "STATES",
    "VERDICT_KINDS",
    "activity",
    "column_mappings",
    "judges",
    "metadata",
    "pair_judgments",
    "presentations",
    "questions",
    "response_sets",
    "responses",
    "review_rules",
    "rubrics",
    "runs",
    "score_judgments",
    "score_sheets",
    "verdicts",
]

APPEND_ONLY: Final = (
    "questions",
    "responses",
    "score_judgments",
    "pair_judgments",
    "rubrics",
    "review_rules",
    "presentations",
    "verdicts",
    "activity",
)
