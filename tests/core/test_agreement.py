"""Judge against people, against scikit-learn's kappa and hand counts."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from tests.core.small_runs import both_orders, decided, run_of
from trustjudge_core.agreement import Agreement, agreements, cohen_kappa
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.preferences import pair_table, preferences
from trustjudge_core.records import RunJudgments, Shown

SAID = ("first", "second", "tie")
LABEL = {"first": 1, "second": -1, "tie": 0}


def agreed(run: RunJudgments) -> list[Agreement]:
    """Agreement of the judge's verdicts with every annotator."""
    table = pair_table(run.pairs, run.index.question_of)
    relation = preferences(table, "baseline", "corrected").choice
    bootstrap = QuestionBootstrap(len(run.index.question_ids), 300)
    return agreements(table, relation, run.verdicts, bootstrap, len(run.index.response_ids))


@given(st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_agrees_with_scikit_learn(table: list[list[int]]) -> None:
    one = [row for row in range(3) for column in range(3) for _ in range(table[row][column])]
    other = [column for row in range(3) for column in range(3) for _ in range(table[row][column])]
    found = float(cohen_kappa(np.array(table, np.float64)))
    if not one or (len(set(one)) == 1 and set(one) == set(other)):
        assert np.isnan(found)  # nothing to compare, or chance agreement is 1
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert found == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)


# By hand: observed (20 + 15)/50 = 0.7; chance (25*30 + 25*20)/2500 = 0.5; kappa (0.7 - 0.5)/0.5 = 0.4.
def test_kappa_by_hand() -> None:
    assert cohen_kappa(np.array([[20.0, 5.0], [10.0, 15.0]])) == pytest.approx(0.4)


def test_kappa_of_many_tables_at_once_is_that_of_each() -> None:
    tables = np.random.default_rng(0).integers(0, 9, (5, 4, 3, 3)).astype(float)
    found = cohen_kappa(tables)
    assert found.shape == (5, 4)
    assert found[2, 3] == pytest.approx(float(cohen_kappa(tables[2, 3])))


# Judge: a>b, a=c, b>c. Person: a>b agrees; c>a against a tie, not both decisive; c>b, the other winner.
def test_counts_of_one_annotator_by_hand() -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[*both_orders("a", "b", "first"), *both_orders("a", "c", "tie"), *both_orders("b", "c", "first")],
        verdicts=[decided("b", "a", "second"), decided("c", "a", "first"), decided("b", "c", "second")],
    )
    (found,) = agreed(run)
    assert (found.annotator, found.pairs, found.both_decisive, found.agree) == ("ann", 3, 2, 1)
    assert found.kappa == pytest.approx(cohen_kappa_score([1, 0, 1, -1, 0, -1], [1, -1, -1, -1, 1, 1]))
    assert np.isnan(found.low)  # one question cannot be resampled


def test_annotators_are_listed_by_name_each_on_their_own_pairs() -> None:
    run = run_of(
        {"q": "abc"},
        pairs=[*both_orders("a", "b", "first"), *both_orders("b", "c", "first")],
        verdicts=[decided("a", "b", "first", "zoe"), decided("b", "c", "first", "zoe"), decided("a", "b", "tie", "bo")],
    )
    assert [(a.annotator, a.pairs, a.both_decisive, a.agree) for a in agreed(run)] == [
        ("bo", 1, 0, 0),
        ("zoe", 2, 2, 2),
    ]


@pytest.mark.parametrize(
    ("said", "agree", "decisive"),
    [(("first", "first", "second"), 1, 1), (("first", "second"), 0, 0), (("second", "second", "tie"), 0, 1)],
)
def test_repeated_verdicts_count_by_the_most_frequent_else_as_a_tie(
    said: tuple[Shown, ...], agree: int, decisive: int
) -> None:
    run = run_of(
        {"q": "ab"}, pairs=both_orders("a", "b", "first"), verdicts=[decided("a", "b", verdict) for verdict in said]
    )
    (found,) = agreed(run)
    assert (found.pairs, found.both_decisive, found.agree) == (1, decisive, agree)


def test_pairs_that_only_one_side_decided_are_left_out() -> None:
    run = run_of(
        {"q": "abc", "r": "ab"},
        pairs=both_orders("a", "b", "first"),
        verdicts=[decided("a", "c", "first"), decided("a", "b", "first", question="r")],
    )
    (found,) = agreed(run)
    assert (found.pairs, found.both_decisive, found.agree) == (0, 0, 0)
    assert np.isnan(found.kappa)
    assert np.isnan(found.low)


def test_without_comparisons_or_without_people_there_is_nothing_to_say() -> None:
    alone = run_of({"q": "ab"}, verdicts=[decided("a", "b", "first")])
    assert [(a.pairs, np.isnan(a.kappa)) for a in agreed(alone)] == [(0, True)]
    assert agreed(run_of({"q": "ab"}, pairs=both_orders("a", "b", "first"))) == []


@given(st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from(SAID)), min_size=4, max_size=12))
def test_kappa_over_questions_is_scikit_learns_and_its_interval_holds_it(said: list[tuple[Shown, Shown]]) -> None:
    names = [f"q{n}" for n in range(len(said))]
    run = run_of(
        dict.fromkeys(names, "ab"),
        pairs=[p for q, (j, _) in zip(names, said, strict=True) for p in both_orders("a", "b", j, question=q)],
        verdicts=[decided("a", "b", h, question=q) for q, (_, h) in zip(names, said, strict=True)],
    )
    (found,) = agreed(run)
    judge, person = [LABEL[j] for j, _ in said], [LABEL[h] for _, h in said]
    assert found.agree == sum(j == h != 0 for j, h in zip(judge, person, strict=True))
    if np.isnan(found.kappa):
        assert set(judge) == set(person) == {0}
        return
    # Every pair from both sides: which response is called first must not matter.
    turned = [-said for said in judge], [-said for said in person]
    assert found.kappa == pytest.approx(cohen_kappa_score(judge + turned[0], person + turned[1]))
    if np.isfinite(found.low):
        assert -1 <= found.low <= found.high <= 1
