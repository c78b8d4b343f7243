"""What changing one relation does to the triples, against recounting them after the change."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, kind_of, known, matrix_of, relation_matrices
from trustjudge_core.mending import inconsistent_if, mending
from trustjudge_core.records import UNKNOWN


def inconsistent(matrix: Matrix, pair: tuple[int, int] | None = None) -> int:
    """Inconsistent triples with all relations known, of a pair if given."""
    triples = [t for t in combinations(range(len(matrix)), 3) if pair is None or set(pair) <= set(t)]
    return sum(kind_of(matrix, t) is not None for t in triples if known(matrix, t))


def changed(matrix: Matrix, i: int, j: int, relation: int) -> Matrix:
    """The relations with one of them replaced."""
    other = matrix.copy()
    other[i, j], other[j, i] = relation, -relation
    return other


@given(relation_matrices(2, 6))
def test_triples_through_every_pair_for_every_relation_it_could_have(matrix: Matrix) -> None:
    found = inconsistent_if(matrix[None])[:, 0]
    for i, j in combinations(range(len(matrix)), 2):
        for relation in (-1, 0, 1):
            assert found[relation + 1, i, j] == inconsistent(changed(matrix, i, j, relation), (i, j))
            assert found[relation + 1, i, j] == found[1 - relation, j, i]


@given(st.lists(relation_matrices(5, 5), min_size=1, max_size=3))
def test_the_best_change_removes_what_is_said_and_no_other_removes_more(matrices: list[Matrix]) -> None:
    found = mending(np.stack(matrices))
    for n, matrix in enumerate(matrices):
        before = inconsistent(matrix)
        removals = {
            (i, j): max(before - inconsistent(changed(matrix, i, j, r)) for r in (-1, 0, 1) if r != matrix[i, j])
            for i, j in combinations(range(5), 2)
            if matrix[i, j] != UNKNOWN
        }
        for (i, j), removed in removals.items():
            assert found.removed[n, i, j] == removed
            after = changed(matrix, i, j, int(found.relation[n, i, j]))
            assert before - inconsistent(after) == removed
            assert found.triples[n, i, j] == inconsistent(matrix, (i, j))
        best = found.best(n)
        most = max(removals.values(), default=0)
        assert (best is None) == (most <= 0)
        if best is not None:
            assert removals[best] == most


# 0>1>2>3 but 3>0: turning 3-0 round mends both triples through it, (0,1,3) and (0,2,3).
def test_the_edge_that_closes_all_cycles_is_the_one_to_turn() -> None:
    found = mending(matrix_of(">>< >> >")[None])
    assert found.best(0) == (0, 3)
    assert (found.relation[0, 0, 3], found.removed[0, 0, 3]) == (1, 2)


def test_nothing_to_mend_and_unknown_pairs_say_so() -> None:
    assert mending(matrix_of(">> >")[None]).best(0) is None
    unknown = mending(matrix_of("?")[None])
    assert unknown.relation[0, 0, 1] == UNKNOWN
    assert (unknown.removed[0, 0, 1], unknown.triples[0, 0, 1]) == (0, 0)
    assert mending(np.zeros((1, 1, 1), np.int8)).best(0) is None
