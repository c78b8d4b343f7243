"""From preferences to relations at a tolerance: every row of the tie rule, and the matrices."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_runs import both_orders, pair, run_of
from trustjudge_core.preferences import PairTable, pair_table, preferences
from trustjudge_core.records import UNKNOWN, PairJudgment, RunJudgments
from trustjudge_core.relations import relation_blocks, relation_matrix, relations
from trustjudge_core.settings import Aggregation, Mode


def table_of(pairs: list[PairJudgment], responses: str = "abc") -> PairTable:
    """The pair table of one question."""
    run = run_of({"q": responses}, pairs=pairs)
    return pair_table(run.pairs, run.index.question_of)


def relation(pairs: list[PairJudgment], aggregation: Aggregation, tolerance: float, mode: Mode) -> list[int]:
    """Relations of all pairs, in the order of the table."""
    return relations(preferences(table_of(pairs), aggregation, mode), tolerance, mode).tolist()


def likelihoods(first: tuple[float, float, float], swapped: tuple[float, float, float]) -> list[PairJudgment]:
    """a against b in both orders by shown position."""
    return [pair("a", "b", "first", first), pair("b", "a", "second", swapped)]


# Averages: a = (0.75 + 0.25)/2 = 0.5, b = (0.25 + 0.25)/2 = 0.25, tie = (0 + 0.5)/2 = 0.25: lead 0.25.
# Paper sums the masses, so its lead is 0.5; reference halves it again, 0.25, and ties only below the tolerance.
LEAD_OF_A_QUARTER = likelihoods((0.75, 0.25, 0.0), (0.25, 0.25, 0.5))


@pytest.mark.parametrize(
    ("mode", "tolerance", "expected"),
    [
        ("corrected", 0.0, 1),
        ("corrected", 0.24, 1),
        ("corrected", 0.25, 0),
        ("paper", 0.25, 1),
        ("paper", 0.49, 1),
        ("paper", 0.5, 0),
        ("reference", 0.24, 1),
        ("reference", 0.25, 1),
        ("reference", 0.26, 0),
    ],
)
def test_likelihood_ties_by_the_rule_of_each_mode(mode: Mode, tolerance: float, expected: int) -> None:
    assert relation(LEAD_OF_A_QUARTER, "likelihood", tolerance, mode) == [expected]


@pytest.mark.parametrize("mode", ["corrected", "paper", "reference"])
def test_tie_as_the_likeliest_outcome_is_a_tie_at_any_lead(mode: Mode) -> None:
    sure = likelihoods((0.125, 0.125, 0.75), (0.0, 0.25, 0.75))
    assert relation(sure, "likelihood", 0.0, mode) == [0]


@pytest.mark.parametrize("mode", ["corrected", "paper", "reference"])
def test_exact_draw_of_probabilities_is_a_tie_at_tolerance_zero(mode: Mode) -> None:
    draw = likelihoods((0.75, 0.25, 0.0), (0.75, 0.25, 0.0))
    assert relation(draw, "likelihood", 0.0, mode) == [0]


# Perplexities 4 and 2: the second order is likelier by 2 and its verdict, b, decides if the gap exceeds the tolerance.
@pytest.mark.parametrize(("tolerance", "expected"), [(0.0, -1), (1.9, -1), (2.0, 0), (3.0, 0)])
@pytest.mark.parametrize("mode", ["corrected", "paper", "reference"])
def test_perplexity_decides_only_above_the_tolerance(mode: Mode, tolerance: float, expected: int) -> None:
    judged = [pair("a", "b", "first", perplexity=4.0), pair("b", "a", "first", perplexity=2.0)]
    assert relation(judged, "ppl", tolerance, mode) == [expected]


@pytest.mark.parametrize("mode", ["corrected", "paper", "reference"])
def test_agreement_of_verdicts_has_no_margin_to_compare(mode: Mode) -> None:
    assert relation(both_orders("a", "b", "second"), "baseline", 0.9, mode) == [-1]


# 0.1+0.2 against 0.3: equal on paper, 5.6e-17 apart in floating point.
def test_rounding_does_not_decide_except_in_reference_mode() -> None:
    judged = likelihoods((0.1, 0.3, 0.0), (0.0, 0.2, 0.0))
    assert relation(judged, "likelihood", 0.0, "paper") == [0]
    assert relation(judged, "likelihood", 0.0, "reference") == [1]


def blocks_run() -> RunJudgments:
    """Three questions of three, two and three responses, with one pair missing and one half missing."""
    pairs = [
        *both_orders("a", "b", "first", question="p"),
        *both_orders("c", "b", "first", question="p"),
        pair("a", "c", "first", question="p"),
        *both_orders("a", "b", "tie", question="r"),
        *both_orders("a", "b", "second", question="s"),
    ]
    return run_of({"p": "abc", "r": "ab", "one": "a", "s": "abc"}, pairs=pairs)


def test_blocks_hold_every_question_of_two_and_more_as_antisymmetric_matrices() -> None:
    run = blocks_run()
    table = pair_table(run.pairs, run.index.question_of)
    decided = relations(preferences(table, "baseline", "corrected"), 0.0, "corrected")
    blocks = relation_blocks(run.index, table, decided)
    u = UNKNOWN
    assert [block.questions.tolist() for block in blocks] == [[1], [0, 3]]
    assert blocks[0].relations.tolist() == [[[0, 0], [0, 0]]]
    assert blocks[1].relations.tolist() == [
        [[0, 1, u], [-1, 0, -1], [u, 1, 0]],  # a>b, c>b, a-c known in one order only
        [[0, -1, u], [1, 0, u], [u, u, 0]],
    ]
    for block in blocks:
        for number, question in enumerate(block.questions):
            assert (
                relation_matrix(run.index, table, decided, int(question)).tolist() == block.relations[number].tolist()
            )


def test_question_without_comparisons_is_unknown_off_the_diagonal() -> None:
    run = run_of({"q": "ab"})
    table = pair_table(run.pairs, run.index.question_of)
    nothing = np.zeros(0, np.int8)
    assert relation_matrix(run.index, table, nothing, 0).tolist() == [[0, UNKNOWN], [UNKNOWN, 0]]
    (block,) = relation_blocks(run.index, table, nothing)
    assert block.relations.tolist() == [[[0, UNKNOWN], [UNKNOWN, 0]]]


def test_no_questions_are_no_blocks() -> None:
    run = run_of({})
    assert relation_blocks(run.index, pair_table(run.pairs, run.index.question_of), np.zeros(0, np.int8)) == []
