"""Shares by category: sums over a category's questions, intervals only where there are questions to resample."""

from __future__ import annotations

import math

from tests.core.small_runs import both_orders, pair, run_of, score
from trustjudge_core.categories import conflicts_by_category, flips_by_category, inconsistent_triples_by_category
from trustjudge_core.evidence import NO_CATEGORY, Evidence
from trustjudge_core.records import PairJudgment, RunJudgments

THREE = ["a", "b", "c"]


def _cycle(question: str) -> list[PairJudgment]:
    return [
        *both_orders("a", "b", "first", question=question),
        *both_orders("b", "c", "first", question=question),
        *both_orders("c", "a", "first", question=question),
    ]


def _order(question: str) -> list[PairJudgment]:
    return [
        *both_orders("a", "b", "first", question=question),
        *both_orders("b", "c", "first", question=question),
        *both_orders("a", "c", "first", question=question),
    ]


def _evidence(run: RunJudgments) -> Evidence:
    return Evidence(run, "corrected")


def test_each_category_counts_its_own_triples() -> None:
    run = run_of(
        {"q1": THREE, "q2": THREE, "q3": THREE, "q4": THREE},
        pairs=[*_cycle("q1"), *_order("q2"), *_cycle("q3"), *_order("q4")],
        categories={"q1": "maths", "q2": "maths", "q3": "prose"},
    )
    found = inconsistent_triples_by_category(_evidence(run), "baseline", 0.0)
    assert {name: (share.ratio.count, share.ratio.total) for name, share in found.items()} == {
        "maths": (1, 2),
        "prose": (1, 1),
        NO_CATEGORY: (0, 1),
    }


def test_four_questions_have_no_interval_and_five_have_one() -> None:
    names = [f"q{n}" for n in range(9)]
    run = run_of(
        dict.fromkeys(names, THREE),
        pairs=[judged for n, q in enumerate(names) for judged in (_cycle(q) if n % 2 else _order(q))],
        categories={q: "five" if n < 5 else "four" for n, q in enumerate(names)},
    )
    found = inconsistent_triples_by_category(_evidence(run), "baseline", 0.0)
    assert (found["five"].ratio.low, found["five"].ratio.high) == (0.0, 1.0)
    assert math.isnan(found["four"].ratio.low)


def test_a_category_without_comparisons_holds_nothing_and_is_not_zero() -> None:
    run = run_of({"q1": THREE, "q2": THREE}, pairs=_order("q1"), categories={"q1": "judged", "q2": "not judged"})
    found = inconsistent_triples_by_category(_evidence(run), "baseline", 0.0)["not judged"].ratio
    assert found.total == 0
    assert math.isnan(found.value)


def test_conflicts_by_category_count_pairs_with_scores() -> None:
    # Scores say c > b > a, comparisons a > b > c: three reversals in the one scored question.
    scores = [score(name, value, question="q1") for name, value in (("a", 1.0), ("b", 2.0), ("c", 3.0))]
    run = run_of(
        {"q1": THREE, "q2": THREE}, pairs=[*_order("q1"), *_order("q2")], scores=scores, categories={"q1": "x"}
    )
    evidence = _evidence(run)
    assert evidence.default_scores is not None
    found = conflicts_by_category(evidence, evidence.default_scores, "baseline", 0.0)
    assert (found["x"].ratio.count, found["x"].ratio.total) == (3, 3)
    assert found[NO_CATEGORY].ratio.total == 0


def test_flips_by_category_count_pairs_judged_in_both_orders() -> None:
    pairs = [pair("a", "b", "first"), pair("b", "a", "first"), *both_orders("b", "c", "first"), pair("a", "c", "first")]
    found = flips_by_category(_evidence(run_of({"q": THREE}, pairs=pairs, categories={"q": "x"})))
    # a,b flips, b,c does not, a,c was judged in one order only.
    assert (found["x"].ratio.count, found["x"].ratio.total) == (1, 2)
