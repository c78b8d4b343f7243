from __future__ import annotations

import math

from tests.core.small_runs import both_orders, run_of, score
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.audit_json import audit_json
from trustjudge_core.export.ranking import contradicted_rows, ranking_rows
from trustjudge_core.settings import AuditSettings

# a beats b, b beats c, c beats a: all Copeland strengths are 0, so all share rank 1.
CYCLE = [*both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("c", "a", "first")]
# The scores say a 5, b 3, c 1; the judge still prefers c to a.
RUN = run_of({"q": "abc"}, pairs=CYCLE, scores=[score("a", 5.0), score("b", 3.0), score("c", 1.0)])


def test_rows_hold_every_number_of_the_audit_json() -> None:
    boards = audit_json([RUN], AuditSettings())["rankings"]
    wanted = [
        (
            board["scope"],
            board["question"],
            board["method"],
            *(item[k] for k in ("id", "rank", "strength", "low", "high")),
        )
        for board in boards
        for item in board["items"]
    ]
    found = [
        (
            r["scope"],
            r["question"],
            r["method"],
            r["id"],
            r["rank"],
            *(_null(r[k]) for k in ("strength", "low", "high")),
        )
        for r in ranking_rows(Evidence(RUN, "corrected"), "baseline", 0.0)
    ]
    assert found == wanted
    assert len(found) > 9  # three methods, three responses, and the systems


def _null(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def test_a_cycle_leaves_all_in_one_rank() -> None:
    rows = [
        row
        for row in ranking_rows(Evidence(RUN, "corrected"), "baseline", 0.0)
        if (row["scope"], row["method"]) == ("question", "copeland")
    ]
    assert [(row["id"], row["rank"], row["strength"]) for row in rows] == [("a", 1, 0.0), ("b", 1, 0.0), ("c", 1, 0.0)]


def test_the_pair_that_contradicts_the_scores_is_named() -> None:
    rows = [
        (row["winner"], row["loser"])
        for row in contradicted_rows(Evidence(RUN, "corrected"), "baseline", 0.0)
        if (row["scope"], row["method"]) == ("question", "expected_score")
    ]
    assert rows == [("c", "a")]
    counts = {
        row["id"]: row["contradicted_pairs"]
        for row in ranking_rows(Evidence(RUN, "corrected"), "baseline", 0.0)
        if (row["scope"], row["method"]) == ("question", "expected_score")
    }
    assert counts == {"a": 1, "b": 0, "c": 1}
