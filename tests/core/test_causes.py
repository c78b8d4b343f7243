"""Causes of inconsistencies: each by hand, their precedence, and their counts against the listed rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.small_runs import both_orders, pair, run_of, score
from tests.core.worked_run import worked_run
from trustjudge_core.causes import CAUSES, cause_counts, margin_error, near_ties, pair_causes
from trustjudge_core.contradictions import chain_rows, conflict_rows
from trustjudge_core.evidence import Evidence
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.records import PairJudgment, RunJudgments, ScoreJudgment
from trustjudge_core.settings import Aggregation

Shown3 = tuple[float, float, float]


def orders(first: str, second: str, one: Shown3, other: Shown3 | None = None) -> list[PairJudgment]:
    """A pair in both orders; ``other`` is from the second's side, by default the same opinion."""
    return [pair(first, second, probs=one), pair(second, first, probs=other or (one[1], one[0], one[2]))]


def causes_of(run: RunJudgments, aggregation: Aggregation = "likelihood", tolerance: float = 0.0) -> list[str]:
    """Causes of all pairs, in words."""
    return [CAUSES[c] for c in pair_causes(Evidence(run, "corrected"), aggregation, tolerance)]


def test_a_judge_that_means_it_is_a_firm_contradiction() -> None:
    sure = [*orders("a", "b", (0.9, 0.1, 0.0)), *orders("b", "c", (0.9, 0.1, 0.0)), *orders("c", "a", (0.9, 0.1, 0.0))]
    run = run_of({"q": "abc"}, pairs=sure)
    assert causes_of(run) == ["firm_contradiction"] * 3
    found = cause_counts(Evidence(run, "corrected"), "likelihood", 0.0, None)
    assert found.triples == {**dict.fromkeys(CAUSES, 0), "firm_contradiction": 1}
    assert found.margin_error == pytest.approx(0.0, abs=1e-12)


def test_different_winners_in_the_two_orders_are_an_order_flip() -> None:
    run = run_of({"q": "ab"}, pairs=orders("a", "b", (0.9, 0.1, 0.0), (0.8, 0.2, 0.0)))
    assert causes_of(run) == ["order_flip"]


def test_a_tie_by_disagreement_is_an_order_flip_only_where_verdicts_must_agree() -> None:
    run = run_of({"q": "ab"}, pairs=orders("a", "b", (0.7, 0.1, 0.2), (0.2, 0.3, 0.5)))
    assert causes_of(run, "baseline") == ["order_flip"]
    assert causes_of(run, "likelihood") == ["firm_contradiction"]  # one pair gives no interval


def test_less_than_nine_tenths_on_the_labels_is_leaked_mass() -> None:
    for raw, cause in (((0.7, 0.1, 0.05), "leaked_mass"), ((0.8, 0.1, 0.0), "firm_contradiction")):
        assert causes_of(run_of({"q": "ab"}, pairs=orders("a", "b", raw))) == [cause]


def test_a_failed_or_never_asked_judgment_is_missing() -> None:
    failed = [*orders("a", "b", (0.9, 0.1, 0.0)), pair("a", "b", failure="x"), *orders("a", "c", (0.9, 0.1, 0.0))]
    assert causes_of(run_of({"q": "abc"}, pairs=failed)) == ["missing_judgment", "firm_contradiction"]
    never = [*orders("a", "b", (0.9, 0.1, 0.0)), pair("a", "c", probs=(0.9, 0.1, 0.0))]
    assert causes_of(run_of({"q": "abc"}, pairs=never)) == ["firm_contradiction", "missing_judgment"]
    one_order = [pair("a", "b", probs=(0.9, 0.1, 0.0)), pair("a", "c", probs=(0.9, 0.1, 0.0))]
    assert causes_of(run_of({"q": "abc"}, pairs=one_order)) == ["firm_contradiction"] * 2


# Half differences of the logits between the orders: (ln 9 - ln 4)/2 for a-b, its negative for a-c, none for a-d.
def test_margins_inside_their_interval_are_near_ties() -> None:
    judged = [
        *orders("a", "b", (0.9, 0.1, 0.0), (0.2, 0.8, 0.0)),
        *orders("a", "c", (0.8, 0.2, 0.0), (0.1, 0.9, 0.0)),
        *orders("a", "d", (0.6, 0.4, 0.0)),
    ]
    evidence = Evidence(run_of({"q": "abcd"}, pairs=judged), "corrected")
    half = np.array([np.log(9 / 4), -np.log(9 / 4), 0.0]) / 2
    assert margin_error(evidence.table) == pytest.approx(half.std(ddof=1))
    # Margins: (ln 9 + ln 4)/2 = 1.79 for a-b and a-c, ln(3/2) = 0.41 for a-d, against 1.96 * 0.405 = 0.79.
    assert near_ties(evidence, "likelihood", 0.0).tolist() == [False, False, True]


def test_a_position_bias_alone_makes_no_near_ties() -> None:
    planted = planted_run(Dials(position_bias=0.8), questions=10, responses=6)
    assert margin_error(Evidence(planted.run, "corrected").table) < 0.3
    unbiased = planted_run(Dials(), questions=10, responses=6)
    assert margin_error(Evidence(unbiased.run, "corrected").table) < 1e-9


# The mean of both orders has half the variance of one: sd 0.6 per judgment is 0.6 / sqrt(2) for the margin.
def test_the_error_of_margins_is_that_of_the_planted_noise() -> None:
    planted = planted_run(Dials(noise=0.6), questions=100, responses=6, skills=np.linspace(-0.5, 0.5, 6))
    assert margin_error(Evidence(planted.run, "corrected").table) == pytest.approx(0.6 / np.sqrt(2), rel=0.05)


def test_what_only_the_tolerance_makes_a_tie_is_near_one() -> None:
    run = run_of({"q": "ab"}, pairs=orders("a", "b", (0.6, 0.4, 0.0)))
    assert causes_of(run, tolerance=0.3) == ["near_tie"]
    assert causes_of(run, tolerance=0.1) == ["firm_contradiction"]


def test_the_first_cause_in_the_list_counts() -> None:
    everything = [
        pair("a", "b", probs=(0.7, 0.1, 0.0)),
        pair("b", "a", probs=(0.7, 0.1, 0.0)),
        pair("a", "b", failure="x"),
    ]
    assert causes_of(run_of({"q": "ab"}, pairs=everything)) == ["missing_judgment"]
    assert causes_of(run_of({"q": "ab"}, pairs=everything[:2])) == ["leaked_mass"]


# The worked run (tests/core/worked_run.py): p is a strict cycle that both orders agree on; r's a-c flips. Conflicts:
# p a-c is a reversal without excuse; r a-b ties in scores; r a-c flips; r b-c ties in both orders, scores 4 to 2.
def test_causes_of_the_worked_run() -> None:
    evidence = Evidence(worked_run(), "corrected")
    found = cause_counts(evidence, "baseline", 0.0, evidence.default_scores)
    assert found.triples == {**dict.fromkeys(CAUSES, 0), "order_flip": 1, "firm_contradiction": 1}
    assert found.conflicts == {**dict.fromkeys(CAUSES, 0), "order_flip": 1, "near_tie": 1, "firm_contradiction": 2}
    assert np.isnan(found.margin_error)
    assert found.method == "expectation"


def cause_of_conflict(scores: list[ScoreJudgment]) -> str:
    """Cause of the one conflict when b is scored higher and a wins both comparisons."""
    evidence = Evidence(run_of({"q": "ab"}, scores=scores, pairs=both_orders("a", "b", "first")), "corrected")
    (cause,) = conflict_rows(evidence, evidence.scores_by("expectation"), "baseline", 0.0).cause
    return CAUSES[cause]


def test_scores_bring_their_own_causes() -> None:
    low, high = score("a", 1, {1.0: 0.9, 2.0: 0.1}), score("b", 5, {5.0: 0.9, 4.0: 0.1})
    assert cause_of_conflict([low, high]) == "firm_contradiction"
    assert cause_of_conflict([low, score("b", 5, {5.0: 0.7, 4.0: 0.1})]) == "leaked_mass"
    assert cause_of_conflict([low, high, score("a", failure="x")]) == "missing_judgment"
    # Asked twice, b got 1 and 5: standard error 2 around 3, so the gap of 2 to a lies inside 1.96 * 2.
    assert cause_of_conflict([score("a", 1), score("b", 1), score("b", 5)]) == "near_tie"
    assert cause_of_conflict([score("a", 1), score("b", 5), score("b", 5)]) == "firm_contradiction"


@settings(max_examples=12)
@given(st.integers(0, 99), st.sampled_from([0.0, 0.1]), st.sampled_from([0.0, 0.1]))
def test_counts_are_those_of_the_listed_rows(seed: int, tolerance: float, failure: float) -> None:
    dials = Dials(noise=1.2, tie=0.8, leak=0.04, failure=failure)
    planted = planted_run(dials, questions=4, responses=6, repeats=2, seed=seed, scale=(1, 5))
    evidence = Evidence(planted.run, "corrected")
    found = cause_counts(evidence, "likelihood", tolerance, evidence.default_scores)
    chains = chain_rows(evidence, "likelihood", tolerance)
    assert evidence.default_scores is not None
    conflicts = conflict_rows(evidence, evidence.default_scores, "likelihood", tolerance)
    for rows, counts in ((chains, found.triples), (conflicts, found.conflicts)):
        listed = np.bincount(rows.cause, minlength=len(CAUSES))  # type: ignore[attr-defined]
        assert dict(zip(CAUSES, listed.tolist(), strict=True)) == counts
