"""Methods side by side: the same pairs for all, counts by hand, curves that end where everything ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.core.small_runs import pair, run_of, score
from tests.core.two_judges import first_judge
from trustjudge_core.evidence import Evidence
from trustjudge_core.methods import Methods, MethodTable, method_table
from trustjudge_core.records import RunJudgments
from trustjudge_core.scores import g_eval_renormalised
from trustjudge_core.tolerance_curves import tolerance_curves


def table_of(run: RunJudgments, tolerance: float = 0.0) -> MethodTable:
    """Methods of a run in corrected mode."""
    return method_table(Methods(Evidence(run, "corrected")), tolerance, ks=(3,), resamples=50)


def probable(first: str, second: str, share: float, tie: float, perplexity: float) -> list:
    """Both orders with P(first wins) = share, P(tie) = tie; the second order is less likely text."""
    verdict = "first" if share > max(tie, 1 - share - tie) else "tie" if tie > 1 - share - tie else "second"
    swapped = {"first": "second", "second": "first", "tie": "tie"}[verdict]
    other = 1 - share - tie
    return [
        pair(first, second, verdict, (share, other, tie), perplexity=perplexity),
        pair(second, first, swapped, (other, share, tie), perplexity=perplexity + 0.5),
    ]


def one_question() -> RunJudgments:
    """a over b clearly, b over c by a little, a and c nearly a tie; score distributions with the last one leaking."""
    run = run_of(
        {"q": "abc"},
        pairs=[
            *probable("a", "b", 0.8, 0.1, 1.1),
            *probable("b", "c", 0.45, 0.2, 1.2),
            *probable("a", "c", 0.2, 0.6, 1.3),
        ],
        scores=[
            score("a", 5, {5: 0.6, 4: 0.4}),  # E 4.6
            score("b", 5, {5: 0.5, 3: 0.5}),  # E 4.0
            score("c", 4, {4: 0.75, 2: 0.0}),  # raw sum 3.0, renormalised 4.0
        ],
    )
    return replace(run, index=replace(run.index, gold=np.array([3.0, 2.0, 1.0])))


# Relations: a > b, b > c, a = c, by every aggregation: a broken chain. Gold a > b > c: 2 of 3 right.
def test_aggregations_of_one_question_by_hand() -> None:
    found = table_of(one_question())
    assert [row.aggregation for row in found.aggregations] == ["baseline", "ppl", "likelihood"]
    for row in found.aggregations:
        assert (row.ties.count, row.ties.total) == (1, 3)
        assert (row.chains[3].ratio.count, row.chains[3].ratio.total) == (1, 1)
        assert row.chains[3].chance == pytest.approx(1 - 13 / 27)  # tie rate 1/3 is three-way uniform
        assert row.chains[3].corrected.value == pytest.approx(1 - 27 / 14)
        assert (row.accuracy_gold.count, row.accuracy_gold.total) == (2, 3)
        assert row.accuracy_people.total == 0


# Emitted 5, 5, 4: a=b, a>c, b>c. Raw G-Eval 4.6, 4.0, 3.0 and expectation 4.6, 4.0, 4.0.
# Against a > b, b > c, a = c:
# emitted: ab only the score ties, bc agrees, ac only the comparison ties. G-Eval: ac alone.
# Expectation and renormalised G-Eval: bc only the scores tie, ac only the comparison ties.
def test_score_methods_differ_as_they_do_by_hand() -> None:
    found = table_of(one_question())
    split = {
        row.method: (row.conflicts.count, row.reversal.count, row.score_tie.count, row.comparison_tie.count)
        for row in found.conflicts
        if row.aggregation == "likelihood"
    }
    assert split["baseline"] == (2, 0, 1, 1)
    assert split["geval"] == (1, 0, 0, 1)
    assert split["expectation"] == split["geval_renormalised"] == (2, 0, 1, 1)
    assert {row.conflicts.total for row in found.conflicts} == {3}
    rows = {row.method: row for row in found.scores}
    assert (rows["baseline"].ties.count, rows["geval"].ties.count, rows["expectation"].ties.count) == (1, 0, 1)
    assert (rows["geval"].accuracy_gold.count, rows["expectation"].accuracy_gold.count) == (3, 2)


def test_renormalised_g_eval_of_a_response_judged_once_is_its_expectation_and_else_weighs_by_mass() -> None:
    once = Evidence(one_question(), "corrected").sheets[0]
    assert g_eval_renormalised(once) == pytest.approx([4.6, 4.0, 4.0])
    # Mass 1 on 5 and mass 0.25 on 1: (5 + 0.25) / 1.25 = 4.2 by mass, (5 + 1) / 2 = 3 by judgment.
    twice = Evidence(run_of({"q": "ab"}, scores=[score("a", 5, {5: 1.0}), score("a", 1, {1: 0.25})]), "corrected")
    assert g_eval_renormalised(twice.sheets[0]) == pytest.approx([4.2])
    assert twice.scores_by("expectation").scores[0] == pytest.approx(3.0)


def test_pairs_that_one_method_lacks_count_for_none_and_stand_in_the_ledger() -> None:
    run = first_judge()  # samples and verdicts only: one failed pair, no probabilities
    found = table_of(run)
    assert (found.pairs, found.compared) == (9, 8)
    kept = [(loss.method, loss.pairs) for loss in found.ledger if not loss.left_out]
    assert kept == [("baseline", 1)]
    assert {loss.method for loss in found.ledger if loss.left_out} == {
        "ppl", "likelihood", "geval on 1-5", "geval_renormalised on 1-5", "softmax_weighted on 1-5"
    }  # fmt: skip
    assert {row.conflicts.total for row in found.conflicts} == {8}


def test_a_run_without_comparisons_or_scores_has_no_rows() -> None:
    only_scores = table_of(run_of({"q": "ab"}, scores=[score("a", 3), score("b", 4)]))
    assert (only_scores.aggregations, only_scores.conflicts, only_scores.compared) == ((), (), 0)
    only_pairs = table_of(run_of({"q": "ab"}, pairs=[pair("a", "b", "first"), pair("b", "a", "second")]))
    assert (only_pairs.scores, only_pairs.conflicts) == ((), ())
    assert len(only_pairs.aggregations) == 1


# Leads of the averaged probabilities: ab 0.8 - 0.1, bc 0.45 - 0.35, ac 0.6 - 0.2 for the tie.
def test_curve_ends_where_everything_ties_and_says_so() -> None:
    methods = Methods(Evidence(one_question(), "corrected"))
    curves = tolerance_curves(methods, "likelihood", (0.0, 0.1, 0.5, 0.7, 1.0), ks=(3,), resamples=20)
    points = curves.chains["likelihood"]
    assert [point.ties.count for point in points] == [1, 2, 2, 3, 3]
    # a > b with both others tied contradicts itself as well; three ties do not.
    assert [point.chains[3].count for point in points] == [1, 1, 1, 0, 0]
    assert [point.degenerate for point in points] == [False, False, False, True, True]
    assert points[-1].chance[3] == 0.0
    conflicts = curves.conflicts["expectation", "overall", (1.0, 5.0)]
    # Score gaps ab 0.6, bc 0, ac 0.6; at 0.7 scores and comparisons tie everywhere.
    assert [point.conflicts.count for point in conflicts] == [2, 1, 1, 0, 0]
    assert [point.degenerate for point in conflicts] == [False, False, False, True, True]


def test_curve_starts_with_the_table_at_the_same_tolerance() -> None:
    methods = Methods(Evidence(one_question(), "corrected"))
    table = method_table(methods, 0.1, ks=(3,), resamples=20)
    curves = tolerance_curves(methods, "likelihood", (0.1,), ks=(3,), resamples=20)
    for row in table.aggregations:
        (point,) = curves.chains[row.aggregation]
        assert (point.ties.count, point.chains[3].count) == (row.ties.count, row.chains[3].ratio.count)
    for row in table.conflicts:
        if row.aggregation == "likelihood":
            (conflict,) = curves.conflicts[row.method, row.criterion, row.scale]
            assert conflict.conflicts.count == row.conflicts.count
