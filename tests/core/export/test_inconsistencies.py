from __future__ import annotations

from tests.core.small_runs import both_orders, pair, run_of, score
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.inconsistencies import conflict_table, triple_table
from trustjudge_core.export.preferences import preference_table
from trustjudge_core.export.scores import score_table


def _steps(pairs: list) -> tuple:
    (row,) = triple_table(Evidence(run_of({"q": "abc"}, pairs=pairs), "corrected"), "baseline", 0.0)
    return row["kind"], row["a"], row["b"], row["c"], row["a_b"], row["b_c"], row["closing"]


def test_a_strict_cycle_reads_as_a_chain_that_closes() -> None:
    pairs = [*both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("c", "a", "first")]
    assert _steps(pairs) == ("strict_cycle", "a", "b", "c", "a wins", "b wins", "c wins")


def test_the_other_way_round_reads_from_the_same_first_response() -> None:
    pairs = [*both_orders("b", "a", "first"), *both_orders("c", "b", "first"), *both_orders("a", "c", "first")]
    assert _steps(pairs) == ("strict_cycle", "a", "c", "b", "a wins", "b wins", "c wins")


def test_a_broken_chain_closes_with_a_tie() -> None:
    pairs = [*both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("c", "a", "tie")]
    assert _steps(pairs) == ("broken_chain", "a", "b", "c", "a wins", "b wins", "c = a")


def test_a_contradicted_tie_closes_with_a_win() -> None:
    pairs = [*both_orders("a", "b", "tie"), *both_orders("b", "c", "tie"), *both_orders("a", "c", "first")]
    assert _steps(pairs) == ("contradicted_tie", "a", "b", "c", "tie", "tie", "a wins")


def test_margins_follow_the_steps() -> None:
    def one(first: str, second: str, margin: float) -> list:
        high, low = 0.5 + margin / 2, 0.5 - margin / 2
        return [pair(first, second, "first", (high, low, 0.0)), pair(second, first, "second", (low, high, 0.0))]

    run = run_of({"q": "abc"}, pairs=[*one("a", "b", 0.3), *one("b", "c", 0.2), *one("c", "a", 0.1)])
    (row,) = triple_table(Evidence(run, "corrected"), "likelihood", 0.0)
    margins = [row["margin_1"], row["margin_2"], row["margin_3"], row["weakest_margin"]]
    assert [round(float(m), 9) for m in margins] == [0.3, 0.2, 0.1, 0.1]
    assert row["cause"] == "firm_contradiction"


def test_a_conflict_names_both_scores_and_what_the_comparison_says() -> None:
    run = run_of({"q": "ab"}, scores=[score("a", 5.0), score("b", 2.0)], pairs=both_orders("a", "b", "second"))
    rows = [r for r in conflict_table(Evidence(run, "corrected"), "baseline", 0.0) if r["method"] == "expectation"]
    (row,) = rows
    assert (row["kind"], row["score_first"], row["score_second"], row["score_gap"]) == ("reversal", 5.0, 2.0, 3.0)
    assert (row["comparison"], row["cause"]) == ("second wins", "firm_contradiction")


def test_a_preference_says_both_orders_by_the_same_names() -> None:
    run = run_of({"q": "ab"}, pairs=[pair("a", "b", "first"), pair("b", "a", "first")])
    (row,) = preference_table(Evidence(run, "corrected"), "baseline", 0.0)
    # First shown wins both times: a forward, b backward, so together a tie.
    assert (row["forward"], row["backward"], row["relation"]) == ("first wins", "second wins", "tie")
    assert (row["judgments"], row["usable_judgments"]) == (2, 2)


def test_a_failed_judgment_leaves_its_cells_empty() -> None:
    run = run_of({"q": "ab"}, pairs=[pair("a", "b", "first"), pair("b", "a", failure="error")])
    rows = list(preference_table(Evidence(run, "corrected"), "baseline", 0.0))
    assert [(row["backward"], row["relation"], row["usable_judgments"]) for row in rows] == [(None, None, 1)]


def test_a_score_row_holds_every_method() -> None:
    # P(4) = P(5) = 0.4 of mass 0.8: expectation 4.5, raw sum 3.6, most likely label first seen 4.
    run = run_of({"q": "a"}, scores=[score("a", 4.0, {4.0: 0.4, 5.0: 0.4})])
    (row,) = score_table(Evidence(run, "corrected"))
    assert (row["baseline"], round(float(row["expectation"]), 9), round(float(row["geval"]), 9)) == (4.0, 4.5, 3.6)
    assert round(float(row["mass"]), 9) == 0.8


def test_a_run_without_comparisons_has_tables_without_rows() -> None:
    evidence = Evidence(run_of({"q": "ab"}, scores=[score("a", 4.0)]), "corrected")
    for table in (conflict_table, triple_table, preference_table):
        assert list(table(evidence, evidence.default_aggregation, 0.0)) == []
