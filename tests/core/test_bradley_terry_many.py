"""Rankings of many tables together are those of each table alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices
from trustjudge_core.bradley_terry import HALF_WINS, NO_ORDER, ONE_ENTRY, ONE_LINE, bradley_terry
from trustjudge_core.bradley_terry_many import bradley_terry_many
from trustjudge_core.ranking import FALLEN_APART, Ranking, win_counts


def together(*matrices: Matrix) -> list[Ranking]:
    """Rankings of questions with one number of responses."""
    wins, ties = (np.stack([win_counts(matrix)[part] for matrix in matrices]) for part in (0, 1))
    return bradley_terry_many(wins, ties, wins)


def same(one: Ranking, other: Ranking) -> None:
    """Equal ranks, remarks and contradictions; equal strengths where there are any."""
    assert one.rank.tolist() == other.rank.tolist()
    assert (one.remark, one.contradicted) == (other.remark, other.contradicted)
    assert one.strength == pytest.approx(other.strength, abs=1e-5, nan_ok=True)


@settings(max_examples=60)
@given(st.integers(2, 7).flatmap(lambda n: st.lists(relation_matrices(n, n), min_size=1, max_size=4)))
def test_every_table_is_ranked_as_it_is_alone(matrices: list[Matrix]) -> None:
    for matrix, found in zip(matrices, together(*matrices), strict=True):
        same(found, bradley_terry(*win_counts(matrix)))


# In order: a cycle; a > b > c; a > b and c = both, explained ever better by more and likelier ties; nobody compared;
# a and b both beat c and were never compared with each other.
def test_every_remark_there_is() -> None:
    cycle, order, tied, apart, open_order = together(
        matrix_of("<> <"), matrix_of(">> >"), matrix_of(">= ="), matrix_of("?? ?"), matrix_of("?> >")
    )
    assert cycle.remark == ""
    assert cycle.strength == pytest.approx([0, 0, 0])
    assert (order.remark, order.rank.tolist()) == (ONE_LINE, [1, 2, 3])
    assert tied.remark == HALF_WINS
    assert (apart.remark, apart.rank.tolist()) == (FALLEN_APART, [0, 0, 0])
    assert (open_order.remark, open_order.rank.tolist()) == (NO_ORDER, [0, 0, 0])


def test_one_entry_cannot_be_compared() -> None:
    (found,) = bradley_terry_many(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), np.zeros((1, 1, 1)))
    assert (found.remark, found.rank.tolist()) == (ONE_ENTRY, [0])
