"""The condition of `audit --fail-on`."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, pair, run_of, score
from tests.core.worked_run import worked_run
from trustjudge_core.audit import Audit, audit
from trustjudge_core.errors import UsageError
from trustjudge_core.gate import NAMES_IN_WORDS, Gate, default_comparison, values
from trustjudge_core.records import RunJudgments
from trustjudge_core.settings import AuditSettings, Mode

MEASURED = {"ntr_3": 0.2, "cr": 0.4, "reversal": 0.0, "failed": 3.0, "tie_rate": math.nan}


def audited(run: RunJudgments, mode: Mode = "corrected") -> Audit:
    """Its audit without intervals to speak of."""
    return audit(run, AuditSettings(mode, (0.0, 1.0), (3, 4), resamples=2))


# From test_audit.py: 4 of 6 conflicts, 1 reversal, 2 of 2 triples, 2 of 6 relations tie, 1 of 6 pairs flips,
# 2 judgments failed.
def test_values_of_the_worked_run() -> None:
    found = values([audited(worked_run())])
    assert found["cr"] == pytest.approx(4 / 6)
    assert found["reversal"] == pytest.approx(1 / 6)
    assert found["ntr_3"] == 1.0
    assert math.isnan(found["ntr_4"])
    assert found["tie_rate"] == pytest.approx(1 / 3)
    assert found["position_flips"] == pytest.approx(1 / 6)
    assert found["position_inconsistency"] == pytest.approx(1 / 6)
    assert found["failed"] == 2.0


def test_names_are_those_in_words() -> None:
    assert {name for name in values([audited(worked_run())]) if not name.startswith("ntr_")} == {
        name for name in NAMES_IN_WORDS if name != "ntr_K"
    }


def test_of_several_judges_the_worst_counts_and_missing_data_of_one_does_not_hide_another() -> None:
    consistent = run_of({"q": "abc"}, pairs=[p for a, b in ("ab", "ac", "bc") for p in both_orders(a, b, "first")])
    found = values([audited(consistent), audited(worked_run())])
    assert found["ntr_3"] == 1.0
    assert found["cr"] == pytest.approx(4 / 6)  # the first judge gave no scores
    assert math.isnan(found["ntr_4"])


# a-b and a-c flip, so verdicts say a = b, b > c, a = c, which is broken; both orders' probabilities lean to a.
def test_transitivity_is_that_of_the_default_aggregation() -> None:
    lean, doubt, swapped = (0.8, 0.1, 0.1), (0.5, 0.4, 0.1), (0.1, 0.8, 0.1)
    judged = [
        *(p for other in "bc" for p in (pair("a", other, "first", lean), pair(other, "a", "first", doubt))),
        pair("b", "c", "first", lean),
        pair("c", "b", "second", swapped),
    ]
    audit_of_leaning = audited(run_of({"q": "abc"}, pairs=judged))
    assert {t.aggregation: t.ratio.value for t in audit_of_leaning.transitivity if t.k == 3 and t.tolerance == 0.0} == {
        "baseline": 1.0,
        "likelihood": 0.0,
    }
    found = values([audit_of_leaning])
    assert (found["ntr_3"], found["tie_rate"]) == (0.0, 0.0)


def test_without_data_every_share_is_missing_and_no_judgment_failed() -> None:
    found = values([audited(run_of({}))])
    assert found.pop("failed") == 0.0
    assert all(math.isnan(value) for value in found.values())


def test_default_comparison_is_the_expectation_at_the_first_tolerance() -> None:
    run = run_of(
        {"q": "ab"},
        scores=[score(r, n, {float(n): 0.9}) for r, n in (("a", 3), ("b", 4))],
        pairs=[pair("a", "b", "first"), pair("b", "a", "second")],
    )
    for mode, method in (("corrected", "expectation"), ("reference", "baseline")):
        found = default_comparison(audited(run, mode))
        assert found is not None
        assert (found.method, found.tolerance) == (method, 0.0)
    assert default_comparison(audited(run_of({}))) is None


@pytest.mark.parametrize(
    ("condition", "fails"),
    [
        ("ntr_3 > 0.1", True),
        ("ntr_3 > 0.2", False),
        ("ntr_3 >= 0.2", True),
        ("cr < 0.5", True),
        ("cr <= 0.3", False),
        ("  failed > 2  ", True),
        ("ntr_3 > 0.5 or cr > 0.3", True),
        ("ntr_3 > 0.1 and cr > 0.5", False),
        ("ntr_3 > 0.5 and cr > 0.3 or failed >= 3", True),
        ("ntr_3 > 0.5 and (cr > 0.3 or failed >= 3)", False),
    ],
)
def test_a_gate_fails_when_its_condition_holds(condition: str, fails: bool) -> None:
    assert Gate(condition).fails(MEASURED) is fails


def test_a_measure_without_enough_data_fails_the_gate_and_is_named() -> None:
    for condition in ("tie_rate > 0.9", "tie_rate < 0.9"):
        assert Gate(condition).fails(MEASURED)
        assert Gate(condition).missing(MEASURED) == ["tie_rate"]
    assert not Gate("tie_rate > 0.9 and cr > 0.9").fails(MEASURED)
    assert Gate("cr > 0.9").missing(MEASURED) == []


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "   ",
        "cr",
        "0.3 < cr",
        "0.1 < cr < 0.3",
        "cr == 0.3",
        "cr > other",
        "cr > '0.3'",
        "cr > True",
        "not cr > 0.3",
        "cr > 0.3 and",
        "cr + 1 > 2",
        "abs(cr) > 0.3",
        "__import__('os').getcwd() > 0",
        "cr.real > 0",
        "(cr := 1) > 0",
        "cr > 0.3; cr > 0.4",
        "cr > 0.3\n\x00",
        "(" * 5000 + "cr > 0" + ")" * 5000,
    ],
)
def test_anything_else_is_refused_with_what_is_allowed(condition: str) -> None:
    with pytest.raises(UsageError, match="allowed: comparisons such as"):
        Gate(condition)


def test_a_name_that_was_not_measured_is_refused_with_those_that_were() -> None:
    with pytest.raises(UsageError, match=r"ntr_9.*ntr_3, cr"):
        Gate("ntr_9 > 0.1").fails(MEASURED)


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_a_usage_error(text: str) -> None:
    try:
        Gate(text)
    except UsageError as error:
        assert "allowed" in str(error)
