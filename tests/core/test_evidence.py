"""What a run's judgments support under each mode, before any tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, decided, pair, run_of, score
from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import NO_CATEGORY, Evidence, of_category
from trustjudge_core.records import UNKNOWN, PairJudgment, RunJudgments, ScoreJudgment
from trustjudge_core.settings import MODES, Mode

P = (0.6, 0.2, 0.1)
WIDE = (1.0, 100.0)


def judged_both(first: str, second: str, *, probs: bool) -> list[PairJudgment]:
    """The first wins in both orders, with or without probabilities."""
    return [
        pair(first, second, "first", P if probs else None),
        pair(second, first, "second", (P[1], P[0], P[2]) if probs else None),
    ]


def mixed() -> RunJudgments:
    """Three pairs known by verdict, two of them by probabilities as well."""
    return run_of(
        {"q": "abc"},
        pairs=[
            *judged_both("a", "b", probs=True),
            *judged_both("b", "c", probs=True),
            *judged_both("a", "c", probs=False),
        ],
    )


@pytest.mark.parametrize(
    ("mode", "known"), [("corrected", [True, False, True]), ("paper", [True, False, True]), ("reference", [True] * 3)]
)
def test_methods_share_their_pairs_except_in_reference_mode(mode: Mode, known: list[bool]) -> None:
    evidence = Evidence(mixed(), mode)
    assert list(evidence.preferences) == ["baseline", "likelihood"]
    assert (evidence.relation("baseline", 0.0) != UNKNOWN).tolist() == known
    assert (evidence.relation("likelihood", 0.0) != UNKNOWN).tolist() == [True, False, True]


def test_default_is_averaged_probabilities_where_there_are_any_else_verdicts() -> None:
    assert Evidence(mixed(), "corrected").default_aggregation == "likelihood"
    verdicts = run_of({"q": "ab"}, pairs=both_orders("a", "b", "tie"))
    assert Evidence(verdicts, "corrected").default_aggregation == "baseline"


def test_aggregation_without_support_is_refused_with_what_there_is() -> None:
    evidence = Evidence(run_of({"q": "ab"}, pairs=both_orders("a", "b", "tie")), "corrected")
    with pytest.raises(UsageError, match="allowed here: baseline"):
        evidence.preference("likelihood")


NOTHING_USABLE = {
    "no judgments": [],
    "all failed": [pair("a", "b", failure="unparsed"), pair("b", "a", failure="unparsed")],
    "every pair half failed": [pair("a", "b", "first"), pair("b", "a", failure="unparsed")],
}


@pytest.mark.parametrize("judged", NOTHING_USABLE.values(), ids=NOTHING_USABLE)
@pytest.mark.parametrize("mode", MODES)
def test_pairs_without_any_preference_are_unknown_not_an_error(mode: Mode, judged: list[PairJudgment]) -> None:
    evidence = Evidence(run_of({"q": "ab"}, pairs=judged), mode)
    assert evidence.preferences == {}
    relation = evidence.relation(evidence.default_aggregation, 0.0)
    assert relation.tolist() == [UNKNOWN] * len(evidence.table)


def by_mode(mode: Mode, scores: list[ScoreJudgment]) -> dict[str, list[float]]:
    """Scores of a, b, c by method; None for NaN."""
    evidence = Evidence(run_of({"q": "abc"}, scores=scores), mode)
    return {m.method: [None if np.isnan(s) else float(s) for s in m.scores] for m in evidence.method_scores}  # type: ignore[misc]


# Labels 21 and 61 with raw 0.4 and 0.4, mass 0.8, emitted 61. E = 41; G-Eval 0.4*82 = 32.8; equal weights, 41.
# Corrected, affine: 1 + (x - 1)*4/99. Paper: x/20. Reference: unchanged, and no expectation.
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            "corrected",
            {
                "baseline": 1 + 60 * 4 / 99,
                "geval": 1 + 31.8 * 4 / 99,
                "softmax_weighted": 1 + 40 * 4 / 99,
                "expectation": 1 + 40 * 4 / 99,
            },
        ),
        ("paper", {"baseline": 3.05, "geval": 1.64, "softmax_weighted": 2.05, "expectation": 2.05}),
        ("reference", {"baseline": 61.0, "geval": 32.8, "softmax_weighted": 41.0}),
    ],
)
def test_methods_and_rescaling_of_each_mode_by_hand(mode: Mode, expected: dict[str, float]) -> None:
    found = by_mode(mode, [score("b", 61, {61.0: 0.4, 21.0: 0.4}, scale=WIDE)])
    assert list(found) == list(expected)
    for method, value in expected.items():
        assert found[method] == [None, pytest.approx(value), None]


def test_samples_support_the_emitted_score_and_the_expectation_only() -> None:
    assert list(by_mode("corrected", [score("a", 3), score("b", 4)])) == ["baseline", "expectation"]


def test_default_scores_are_the_expectation_and_in_reference_mode_the_emitted_ones() -> None:
    run = run_of({"q": "abc"}, scores=[score("a", 3, {3.0: 0.5, 4.0: 0.4})])
    for mode, method in (("corrected", "expectation"), ("paper", "expectation"), ("reference", "baseline")):
        found = Evidence(run, mode).default_scores
        assert found is not None
        assert found.method == method
    assert Evidence(run_of({"q": "abc"}), "corrected").default_scores is None


# b was scored on 1-100 only, so a-b has a score on 1-100 but not on 1-5.
@pytest.mark.parametrize(("mode", "wide_pairs"), [("corrected", 1), ("reference", 3)])
def test_sheets_of_one_criterion_are_compared_on_the_same_pairs(mode: Mode, wide_pairs: int) -> None:
    scores = [score("a", 3), score("c", 4), *(score(r, 40, scale=WIDE) for r in "abc")]
    judged = [p for a, b in ("ab", "ac", "bc") for p in both_orders(a, b, "first")]
    evidence = Evidence(run_of({"q": "abc"}, scores=scores, pairs=judged), mode)
    taking_part = {
        (m.sheet.scale, m.method): int(evidence.pairs_with_scores(m).sum())
        for m in evidence.method_scores
        if m.method == "baseline"
    }
    assert taking_part == {((1.0, 5.0), "baseline"): 1, (WIDE, "baseline"): wide_pairs}


def test_another_criterion_does_not_shrink_the_pairs() -> None:
    scores = [*(score(r, 3) for r in "abc"), score("a", 2, criterion="style")]
    judged = [p for a, b in ("ab", "ac", "bc") for p in both_orders(a, b, "first")]
    evidence = Evidence(run_of({"q": "abc"}, scores=scores, pairs=judged), "corrected")
    assert int(evidence.pairs_with_scores(evidence.scores_by("expectation")).sum()) == 3


def test_unknown_method_is_refused_with_what_there_is() -> None:
    evidence = Evidence(run_of({"q": "abc"}, scores=[score("a", 3)]), "corrected")
    with pytest.raises(UsageError, match="baseline, expectation"):
        evidence.scores_by("geval")
    with pytest.raises(UsageError, match="none"):
        Evidence(run_of({"q": "a"}), "corrected").scores_by("baseline")


def test_categories_keep_their_order_and_missing_ones_have_a_name() -> None:
    run = run_of({"p": "ab", "q": "ab", "r": "ab"}, categories={"p": "maths", "r": "maths"})
    names, of_question = Evidence(run, "corrected").categories
    assert names == ("maths", NO_CATEGORY)
    assert of_question.tolist() == [0, 1, 0]


def two_categories() -> RunJudgments:
    """Judgments, scores with labels and verdicts in two categories."""
    return run_of(
        {"p": "ab", "q": "ab"},
        categories={"p": "one"},
        scores=[
            score("a", 3, {3.0: 0.5, 2.0: 0.4}, question="p"),
            score("a", 4, {4.0: 0.7}, question="q"),
            score("b", failure="unparsed", question="q"),
        ],
        pairs=[*both_orders("a", "b", "first", question="p"), *both_orders("a", "b", "tie", question="q")],
        verdicts=[decided("a", "b", "tie", "ann", "q"), decided("a", "b", "first", "bo", "p")],
    )


def test_a_category_keeps_only_its_own_judgments_and_verdicts() -> None:
    part = of_category(two_categories(), NO_CATEGORY)
    assert part.scores.response.tolist() == [2, 3]
    assert part.scores.label_values.tolist() == [4.0]
    assert part.scores.label_offsets.tolist() == [0, 1, 1]
    assert part.scores.failure.tolist() == [-1, 0]
    assert part.pairs.first.tolist() == [2, 3]
    assert part.verdicts.first.tolist() == [2]
    assert part.verdicts.annotators[part.verdicts.annotator[0]] == "ann"
    other = Evidence(of_category(two_categories(), "one"), "corrected")
    assert other.table.question.tolist() == [0]
    assert other.default_scores is not None
    # (3*0.5 + 2*0.4) / 0.9 = 23/9
    assert other.default_scores.scores[0] == pytest.approx(23 / 9)


def test_no_category_is_everything_and_an_unknown_one_is_refused() -> None:
    run = two_categories()
    assert of_category(run, None) is run
    with pytest.raises(UsageError, match=f"allowed: one, {NO_CATEGORY}"):
        of_category(run, "three")
