"""Ranks, Copeland and expected score, by hand and by plain counting."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.relation_examples import Counts, Matrix, matrix_of, no_ties, relation_matrices, win_table
from trustjudge_core.bradley_terry import bradley_terry
from trustjudge_core.ranking import Ranking, contradicted_pairs, copeland, expected_score, ranks, win_counts

# ---- ranks ----


def test_equal_strengths_share_the_smallest_rank_and_unknown_ones_have_none() -> None:
    assert ranks(np.array([1.0, 3.0, 3.0, np.nan, -2.0])).tolist() == [3, 1, 1, 0, 4]
    assert ranks(np.array([])).tolist() == []
    assert ranks(np.full(2, np.nan)).tolist() == [0, 0]


def test_rounding_does_not_break_a_shared_rank() -> None:
    assert ranks(np.array([0.1 + 0.2, 0.3, 0.2])).tolist() == [1, 1, 3]


def test_contradicted_pairs_are_wins_that_the_order_does_not_show() -> None:
    wins = win_table({(0, 1): 2, (1, 0): 1, (2, 0): 1, (1, 2): 1}, 4)
    assert contradicted_pairs(np.array([1, 2, 3, 0]), wins) == ((2, 0),)
    assert contradicted_pairs(np.array([1, 1, 3, 0]), wins) == ((0, 1), (2, 0))
    assert contradicted_pairs(np.array([0, 0, 0, 0]), wins) == ()


def test_wins_and_ties_of_relations_leave_out_unknown_ones_and_the_diagonal() -> None:
    wins, ties = win_counts(matrix_of(">=? <? ="))
    assert wins.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert ties.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]]


# ---- Copeland ----


# 0 beats 1 (3:1) and draws with 2 (1:1); 1 loses to 0 and beats 2 on a single comparison. 3 was never compared.
def test_copeland_by_hand() -> None:
    wins = win_table({(0, 1): 3, (1, 0): 1, (0, 2): 1, (2, 0): 1, (1, 2): 1}, 4)
    found = copeland(wins, no_ties(4))
    assert found.strength[:3].tolist() == [1.0, 0.0, -1.0]
    assert np.isnan(found.strength[3])
    assert found.rank.tolist() == [1, 2, 3, 0]
    assert "not ranked" in found.remark


def test_copeland_of_ties_alone_is_a_shared_first_rank() -> None:
    ties = 1.0 - np.eye(3)
    assert copeland(np.zeros((3, 3)), ties).rank.tolist() == [1, 1, 1]


@given(relation_matrices(2, 7), st.randoms(use_true_random=False))
def test_renaming_permutes_copeland(matrix: Matrix, random: object) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    plain = copeland(*win_counts(matrix))
    moved = copeland(*win_counts(matrix[np.ix_(order, order)]))
    assert moved.rank.tolist() == plain.rank[order].tolist()


# ---- expected score ----


def test_expected_score_ranks_scored_entries_and_lists_what_it_contradicts() -> None:
    found = expected_score(np.array([2.5, np.nan, 4.0]), win_table({(0, 2): 1, (1, 0): 1}, 3))
    assert found.rank.tolist() == [2, 0, 1]
    assert found.contradicted == ((0, 2),)
    assert "not ranked" in found.remark


@given(arrays(np.float64, 5, elements=st.integers(1, 50).map(lambda n: n / 10)))
def test_ranks_count_who_is_better(scores: Counts) -> None:
    assert ranks(scores).tolist() == [1 + sum(other > mine for other in scores) for mine in scores]


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_rankings_of_consistent_questions_contradict_nothing(seed: int) -> None:
    levels = np.random.default_rng(seed).integers(0, 4, 6)
    assume(len(set(levels.tolist())) > 1)
    matrix = np.sign(levels[:, None] - levels[None, :]).astype(np.int8)
    wins, ties = win_counts(matrix)
    rankings: list[Ranking] = [copeland(wins, ties), bradley_terry(wins, ties)]
    for ranking in rankings:
        assert ranking.contradicted == ()
        assert ranking.rank.tolist() == [1 + int((levels > mine).sum()) for mine in levels]
