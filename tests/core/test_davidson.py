"""Davidson's model: the maximum is one, and it is known when there is none."""

from __future__ import annotations

from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from tests.core.davidson_by_bfgs import davidson_by_bfgs
from tests.core.relation_examples import Matrix, relation_matrices
from trustjudge_core.davidson import davidson, ties_are_bounded
from trustjudge_core.ranking import win_counts

Counts = NDArray[np.float64]
tables = st.integers(2, 5).flatmap(
    lambda n: st.tuples(*[arrays(np.float64, (n, n), elements=st.integers(0, 6).map(float)) for _ in "wt"])
)


def comparisons(raw: tuple[Counts, Counts]) -> tuple[Counts, Counts]:
    """Wins and symmetric ties from two square tables of counts."""
    wins, half = raw[0].copy(), np.triu(raw[1], 1)
    np.fill_diagonal(wins, 0.0)
    return wins, half + half.T


def connected(wins: Counts, ties: Counts) -> bool:
    """Whether no group wins every comparison against the rest."""
    return nx.is_strongly_connected(nx.from_numpy_array((wins + ties) > 0, create_using=nx.DiGraph))


# 3 wins to 1: ln 3 apart. With a tie among them as well, the ratio of wins still gives the odds.
@pytest.mark.parametrize("tied", [0.0, 1.0, 40.0])
def test_strengths_of_two_are_the_log_odds_of_their_wins(tied: float) -> None:
    found = davidson(np.array([[0.0, 3.0], [1.0, 0.0]]), np.array([[0.0, tied], [tied, 0.0]]))
    assert found == pytest.approx([np.log(3) / 2, -np.log(3) / 2], abs=1e-9)


@settings(max_examples=40)
@given(tables)
def test_strengths_are_where_expected_points_equal_points(raw: tuple[Counts, Counts]) -> None:
    """At the maximum everyone has as many expected points (win 1, tie 1/2) as points, and ties as many as ties."""
    wins, ties = comparisons(raw)
    assume(wins.any() and connected(wins, ties) and ties_are_bounded(wins, ties))
    found = davidson(wins, ties)
    odds = np.exp(found)
    middle = np.sqrt(np.outer(odds, odds))
    met = wins + wins.T + ties

    def expected_ties(nu: float) -> float:
        return float((met * nu * middle / (odds[:, None] + odds[None, :] + nu * middle)).sum())

    low, high = 0.0, 1e9  # the tie parameter by bisection, since the strengths come without it
    for _ in range(200):
        nu = (low + high) / 2
        low, high = (nu, high) if expected_ties(nu) < ties.sum() else (low, nu)
    points = met * (odds[:, None] + nu * middle / 2) / (odds[:, None] + odds[None, :] + nu * middle)
    assert points.sum(axis=1) == pytest.approx((wins + ties / 2).sum(axis=1), abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_strengths_agree_with_bfgs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wins, ties = comparisons((rng.integers(1, 9, (4, 4)).astype(float), rng.integers(0, 9, (4, 4)).astype(float)))
    assert davidson(wins, ties) == pytest.approx(davidson_by_bfgs(wins, ties), abs=1e-4)


@settings(max_examples=100)
@given(relation_matrices(3, 5))
def test_ties_are_bounded_unless_numbers_explain_everything(matrix: Matrix) -> None:
    """Brute force: whole numbers do if any numbers do, because the bounds are whole."""
    wins, ties = win_counts(matrix)
    assume(ties.any() and connected(wins, ties))
    n = len(matrix)
    explained = any(
        all(
            (wins[i, j] == 0 or x[i] - x[j] >= 1) and (ties[i, j] == 0 or abs(x[i] - x[j]) <= 1)
            for i in range(n)
            for j in range(n)
        )
        for x in product(range(n), repeat=n)
    )
    assert ties_are_bounded(wins, ties) == (not explained)


def test_without_ties_there_is_nothing_to_bound_and_all_ties_are_equal_strengths() -> None:
    assert ties_are_bounded(np.ones((2, 2)) - np.eye(2), np.zeros((2, 2)))
    assert davidson(np.zeros((3, 3)), np.ones((3, 3)) - np.eye(3)).tolist() == [0.0, 0.0, 0.0]
