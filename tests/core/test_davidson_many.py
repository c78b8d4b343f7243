"""Strengths of many tables at once, against each on its own and against BFGS."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.davidson_by_bfgs import davidson_by_bfgs
from tests.core.relation_examples import Matrix, relation_matrices
from trustjudge_core.bradley_terry import bradley_terry
from trustjudge_core.davidson_many import davidson_many, has_maximum
from trustjudge_core.ranking import win_counts


def tables(n: int, count: int, seed: int, mean: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Random wins and ties, (B, n, n) each."""
    rng = np.random.default_rng(seed)
    wins = 1.0 + rng.poisson(mean, (count, n, n))
    wins[:, np.arange(n), np.arange(n)] = 0.0
    half = np.triu(rng.poisson(1.0, (count, n, n)), 1).astype(float)
    return wins, half + half.transpose(0, 2, 1)


@pytest.mark.parametrize("n", [2, 4, 7])
def test_strengths_maximise_the_davidson_likelihood(n: int) -> None:
    wins, ties = tables(n, 4, n)
    found = davidson_many(wins, ties)
    for b in range(4):
        assert found[b] == pytest.approx(davidson_by_bfgs(wins[b], ties[b]), abs=1e-4)


# Wins of 1 and 3, 2 and 2, no ties: without ties the log-odds of two entries are those of their wins.
def test_tables_with_and_without_ties_stand_side_by_side() -> None:
    wins = np.array([[[0, 3], [1, 0]], [[0, 3], [1, 0]]], float)
    ties = np.array([[[0, 0], [0, 0]], [[0, 5], [5, 0]]], float)
    found = davidson_many(wins, ties)
    assert found[:, 0] - found[:, 1] == pytest.approx([np.log(3), np.log(3)])


@settings(max_examples=30)
@given(st.lists(relation_matrices(4, 4), min_size=1, max_size=4))
def test_a_table_has_strengths_exactly_where_it_has_them_alone(matrices: list[Matrix]) -> None:
    counted = [win_counts(matrix) for matrix in matrices]
    wins, ties = (np.stack([c[part] for c in counted]) for part in (0, 1))
    found, exists = davidson_many(wins, ties), has_maximum(wins, ties)
    for b in range(len(matrices)):
        alone = bradley_terry(wins[b], ties[b])
        assert exists[b] == (np.isfinite(alone.strength).all() and "half a win" not in alone.remark)
        if exists[b]:
            assert found[b] == pytest.approx(alone.strength, abs=1e-5)
        else:
            assert np.isnan(found[b]).all()


def test_a_wild_guess_to_start_from_changes_nothing() -> None:
    wins, ties = tables(6, 5, 9)
    plain = davidson_many(wins, ties)
    assert davidson_many(wins, ties, start=np.array([9.0, -9.0, 5.0, 0.0, -4.0, 3.0])) == pytest.approx(plain, abs=1e-6)


def test_fewer_than_two_entries_have_no_strengths() -> None:
    assert np.isnan(davidson_many(np.zeros((3, 1, 1)), np.zeros((3, 1, 1)))).all()
