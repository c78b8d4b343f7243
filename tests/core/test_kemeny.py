"""Kemeny orders, against the distance to every weak order pair by pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices, weak_orders
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.kemeny import kemeny, resampled
from trustjudge_core.ranking import win_counts


def distance(values: tuple[int, ...], wins: np.ndarray) -> float:
    """Comparisons against an order, larger values better: 1 for a win turned round, 1/2 for one levelled."""
    total = 0.0
    for i, j in combinations(range(len(values)), 2):
        for winner, loser in ((i, j), (j, i)):
            if values[winner] < values[loser]:
                total += wins[winner, loser]
            elif values[winner] == values[loser]:
                total += wins[winner, loser] / 2
    return total


def counts(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random wins and ties between all."""
    rng = np.random.default_rng(seed)
    wins = rng.integers(0, 6, (n, n)).astype(float)
    np.fill_diagonal(wins, 0.0)
    half = np.triu(rng.integers(0, 4, (n, n)), 1).astype(float)
    return wins, half + half.T


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(4))
def test_no_weak_order_has_fewer_reversals(n: int, seed: int) -> None:
    wins, ties = counts(n, seed)
    found = kemeny(wins, ties)
    values = tuple(int(s) for s in found.strength)
    assert found.reversals == distance(values, wins) == min(distance(v, wins) for v in weak_orders(n))
    assert found.gap == 0.0


@settings(max_examples=40)
@given(relation_matrices(3, 5, unknown=False))
def test_an_order_without_contradictions_is_found_as_it_is(matrix: Matrix) -> None:
    values = matrix.sum(axis=1)
    order = np.sign(values[:, None] - values[None, :]).astype(np.int8)
    found = kemeny(*win_counts(order))
    assert (found.reversals, found.contradicted) == (0.0, ())
    assert found.rank.tolist() == [1 + int((values > mine).sum()) for mine in values]


# 0 beats 1 three times in four, 1 beats 2, 2 beats 0 by a single comparison: the last is the cheapest to go against.
def test_the_weakest_comparison_of_a_cycle_gives_way() -> None:
    wins = np.zeros((3, 3))
    wins[0, 1], wins[1, 0], wins[1, 2], wins[2, 0] = 3, 1, 2, 1
    found = kemeny(wins, np.zeros((3, 3)))
    assert found.rank.tolist() == [1, 2, 3]
    assert found.strength.tolist() == [2, 0, -2]
    assert found.reversals == 2.0  # 1 against 0 once, 2 against 0 once
    assert found.contradicted == ((2, 0),)


def test_groups_never_compared_have_no_common_order() -> None:
    found = kemeny(*win_counts(matrix_of(">?? ?? >")))
    assert found.rank.tolist() == [0, 0, 0, 0]
    assert "never compared" in found.remark
    assert np.isnan(kemeny(np.zeros((1, 1)), np.zeros((1, 1))).strength).all()


def test_an_unproven_order_says_how_much_better_another_may_be() -> None:
    wins, ties = counts(16, 1)
    found = kemeny(wins, ties, SolverClock(0.0, 0.0))
    assert found.gap > 0
    assert "not proven" in found.remark
    assert kemeny(wins, ties, SolverClock(60.0, 60.0)).reversals >= found.reversals - found.gap


def test_many_tables_are_ranked_as_each_alone() -> None:
    wins, ties = (np.stack(part) for part in zip(*(counts(4, seed) for seed in range(20)), strict=True))
    for b, strength in enumerate(resampled(wins)):
        assert distance(tuple(strength), wins[b]) == kemeny(wins[b], ties[b]).reversals
    assert resampled(np.stack([counts(12, 3)[0]] * 2)).shape == (2, 12)


# 0 and 1 tie thirty times, and 0 wins once: one win is enough to stand above, and ties alone are no order.
def test_ties_speak_for_nobody() -> None:
    ties = np.full((3, 3), 30.0) - 30 * np.eye(3)
    wins = np.zeros((3, 3))
    wins[0, 1] = 1
    found = kemeny(wins, ties)
    assert found.rank[0] < found.rank[1]
    assert found.reversals == 0.0
    assert kemeny(np.zeros((3, 3)), ties).rank.tolist() == [1, 1, 1]
