"""An audit as JSON: the documented keys, the numbers of the audit, and null where there is not enough data."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.core.small_runs import both_orders, pair, run_of, score
from tests.core.worked_run import worked_run
from trustjudge_core.export.audit_json import audit_json
from trustjudge_core.export.numbers import interval, number
from trustjudge_core.records import RunJudgments
from trustjudge_core.settings import MODES, AuditSettings, Mode

# The keys that readers of the JSON rely on.
REQUIRED = {
    "inputs": {"questions", "responses", "pairs"},
    "ledger": {"kind", "reason", "count"},
    "score_comparison": {
        "judge", "method", "scale", "tolerance", "pairs", "conflicts", "ratio", "interval", "by_category", "split",
        "scores",
    },
    "transitivity": {
        "judge", "aggregation", "k", "tolerance", "subsets", "violations", "ratio", "interval", "chance", "kinds",
        "by_category", "reference_types",
    },
    "structure": {"judge", "aggregation", "question", "fewest_edits", "gap", "cyclicity", "edits", "best_flip"},
    "position": {"judge", "pairs", "consistent", "first_favouring", "second_favouring", "hard_flips", "tie_rate"},
    "rankings": {"judge", "scope", "question", "method", "items", "contradicted_pairs"},
    "agreement": {"judge", "annotator", "pairs", "both_decisive", "agree", "kappa", "interval"},
}  # fmt: skip


def as_json(run: RunJudgments, mode: Mode = "corrected", tolerances: tuple[float, ...] = (0.0,)) -> dict[str, Any]:
    """The audit after a trip through strict JSON text."""
    found = audit_json([run], AuditSettings(mode, tolerances, (3, 4), resamples=20))
    return json.loads(json.dumps(found, allow_nan=False))


def test_every_required_key_is_there() -> None:
    found = as_json(worked_run(), "reference")
    assert found["mode"] == "reference"
    for part, keys in REQUIRED.items():
        rows = [found[part]] if part == "inputs" else found[part]
        assert rows
        assert all(keys <= row.keys() for row in rows), part
    for board in found["rankings"]:
        assert all({"id", "strength", "low", "high", "rank"} <= item.keys() for item in board["items"])


def keys_in(value: Any) -> set[str]:
    """All keys of nested objects but names of categories, scores and the like."""
    if isinstance(value, list):
        return set().union(*map(keys_in, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    named = {"by_category", "scores"}
    inner = [keys_in(list(v.values())) if k in named and isinstance(v, dict) else keys_in(v) for k, v in value.items()]
    return set(value).union(*inner)


def test_the_document_names_every_key_and_no_other(repository: Path) -> None:
    text = (repository / "docs" / "audit-json.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert documented == keys_in(as_json(worked_run(), "reference"))


# From test_audit.py.
def test_numbers_of_the_worked_run() -> None:
    found = as_json(worked_run())
    assert found["inputs"]["questions"] == 3
    assert found["inputs"]["pairs"] == 7
    (coverage,) = found["inputs"]["judges"]
    assert (coverage["pairs_compared"], coverage["both_orders"]) == (6, True)
    assert found["ledger"] == [
        {"kind": "score", "reason": "refused", "count": 1},
        {"kind": "pair", "reason": "unparsed", "count": 1},
    ]
    scores = next(e for e in found["score_comparison"] if e["method"] == "expectation")
    assert (scores["pairs"], scores["conflicts"], scores["ratio"]) == (6, 4, pytest.approx(4 / 6))
    assert scores["split"] == {"reversal": 1, "score_tie": 1, "comparison_tie": 2}
    # One question has no interval, and two categories of a question each cannot be told apart.
    assert scores["by_category"]["Y"] == {
        "pairs": 3, "conflicts": 3, "ratio": 1.0, "interval": None, "interval_bca": None, "q_value": 1.0
    }  # fmt: skip
    assert scores["scale"] == [1, 5]
    assert scores["scores"] == {"p:a": 5.0, "p:b": 4.0, "p:c": 3.0, "r:a": 4.0, "r:b": 4.0, "r:c": 2.0, "s:a": 3.0}
    three, four = found["transitivity"]
    assert (three["subsets"], three["violations"], three["ratio"]) == (2, 2, 1.0)
    assert "reference_types" not in three
    assert (four["subsets"], four["ratio"], four["interval"]) == (0, None, None)
    assert [s["question"] for s in found["structure"]] == ["p", "r"]
    (position,) = found["position"]
    assert (position["pairs"], position["consistent"], position["hard_first"]) == (6, 5, 1)
    board = next(b for b in found["rankings"] if b["scope"] == "system" and b["method"] == "expected_score")
    assert [(item["id"], item["rank"]) for item in board["items"]] == [("a", 1), ("b", 1), ("c", 3)]
    assert sorted(board["contradicted_pairs"]) == [["a", "b"], ["c", "a"]]


def test_wide_scale_is_reported_on_one_to_five_and_named_as_judged() -> None:
    run = run_of({"q": "ab"}, scores=[score("a", 100, scale=(1.0, 100.0))], pairs=both_orders("a", "b", "first"))
    (one, *_) = as_json(run)["score_comparison"]
    assert (one["scale"], one["reported_scale"], one["scores"]) == ([1, 100], [1, 5], {"q:a": 5.0})


def test_half_points_of_a_scale_stay() -> None:
    run = run_of({"q": "ab"}, scores=[score("a", 1, scale=(0.5, 1.0))], pairs=both_orders("a", "b", "tie"))
    assert as_json(run)["score_comparison"][0]["scale"] == [0.5, 1]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "run",
    [
        run_of({}),
        run_of({"q": "a"}),
        run_of({"q": "ab"}, pairs=[pair("a", "b", failure="x"), pair("b", "a", failure="x")]),
        run_of({"q": "ab"}, scores=[score("a", failure="x")], pairs=[pair("a", "b", "first")]),
    ],
    ids=["no questions", "one response", "all failed", "one order only"],
)
def test_too_little_data_is_null_and_never_zero(run: RunJudgments, mode: Mode) -> None:
    found = as_json(run, mode)
    for entry in (*found["score_comparison"], *found["transitivity"]):
        assert entry["ratio"] is None
        assert entry["interval"] is None
    assert found["position"][0]["tie_rate"] is None
    assert found["position"][0]["interval"] is None
    for board in found["rankings"]:
        for item in board["items"]:
            if item["strength"] is None:
                assert (item["low"], item["high"]) == (None, None)


def test_several_judges_stand_side_by_side_and_their_failures_are_added() -> None:
    found = audit_json([worked_run(), worked_run()], AuditSettings(resamples=2))
    assert len(found["inputs"]["judges"]) == 2
    assert found["inputs"]["pairs"] == 7
    assert found["ledger"][0]["count"] == 2
    assert len(found["position"]) == 2


def test_numbers_that_are_none_and_intervals_that_are_half_open_become_null() -> None:
    assert number(math.nan) is None
    assert number(math.inf) is None
    assert number(0.0) == 0.0
    assert interval(math.nan, 1.0) is None
    assert interval(0.0, 1.0) == [0.0, 1.0]
