"""Fewest edits, against every weak order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices, sign, weak_orders
from trustjudge_core.cheapest_orders import SolverClock
from trustjudge_core.edits import fewest_edits, relations_of
from trustjudge_core.inconsistencies import inconsistent_triples
from trustjudge_core.records import UNKNOWN

CYCLE = matrix_of("<> <")  # 1>0, 2>1, 0>2, so 0>2>1>0


# Consistent triples need no edit; each inconsistent kind is mended by its odd relation; an unknown one mends for free.
@pytest.mark.parametrize(
    ("text", "edits"),
    [(">> >", 0), ("== =", 0), ("<> <", 1), (">= >", 1), ("== <", 1), ("<? <", 0), ("?? ?", 0)],
)
def test_fewest_edits_of_three_by_hand(text: str, edits: int) -> None:
    assert fewest_edits(matrix_of(text)[None]).count.tolist() == [edits]


ORDERS = {
    n: np.array([[[sign(a - b) for b in levels] for a in levels] for levels in weak_orders(n)], np.int8)
    for n in (2, 3, 4, 5)
}


def test_brute_force_knows_all_weak_orders() -> None:
    assert {n: len(orders) for n, orders in ORDERS.items()} == {2: 3, 3: 13, 4: 75, 5: 541}  # Fubini numbers


@settings(max_examples=300)
@given(relation_matrices(2, 5))
def test_fewest_edits_are_the_distance_to_the_nearest_of_all_weak_orders(matrix: Matrix) -> None:
    orders = ORDERS[len(matrix)]
    changed = (orders != matrix) & (matrix != UNKNOWN)
    found = fewest_edits(matrix[None])
    assert found.count[0] == changed.sum(axis=(1, 2)).min() // 2
    assert found.gap[0] == 0


@given(relation_matrices(2, 8))
def test_edited_pairs_are_as_many_as_said_and_leave_a_weak_order(matrix: Matrix) -> None:
    found = fewest_edits(matrix[None])
    pairs = found.pairs(0, matrix)
    assert len(pairs) == found.count[0]
    mended = np.where(matrix == UNKNOWN, found.order(0), matrix)
    for i, j in pairs:
        assert mended[i, j] != found.order(0)[i, j]
        mended[i, j], mended[j, i] = found.order(0)[i, j], found.order(0)[j, i]
    assert (mended == found.order(0)).all()
    assert not len(inconsistent_triples(mended).kind)


def test_levels_are_an_order() -> None:
    assert relations_of(np.array([1, 0, 1])).tolist() == [[0, -1, 0], [1, 0, 1], [0, -1, 0]]


@given(st.lists(relation_matrices(4, 4), min_size=1, max_size=4))
def test_questions_of_a_block_do_not_influence_each_other(matrices: list[Matrix]) -> None:
    together = fewest_edits(np.stack(matrices))
    assert together.count.tolist() == [int(fewest_edits(m[None]).count[0]) for m in matrices]


# Ten responses in three disjoint 3-cycles placed one above the other, and a last one: 1 edit for each cycle.
def test_fewest_edits_of_three_stacked_cycles_are_three() -> None:
    levels = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    matrix = np.sign(levels[:, None] - levels[None, :]).astype(np.int8)
    for base in (0, 3, 6):
        matrix[base : base + 3, base : base + 3] = CYCLE
    found = fewest_edits(matrix[None])
    assert (found.count.tolist(), found.gap.tolist()) == ([3], [0])


# An order of twenty with every eighth pair turned round: turning those back is one way, so no more edits are needed.
def test_a_question_of_twenty_is_proven_from_both_sides() -> None:
    rng = np.random.default_rng(3)
    matrix = relations_of(np.arange(20))
    for i, j in zip(*np.triu_indices(20, 1), strict=True):
        if rng.random() < 0.12:
            matrix[i, j], matrix[j, i] = -matrix[i, j], -matrix[j, i]
    planted = int((matrix != relations_of(np.arange(20))).sum() // 2)
    found = fewest_edits(matrix[None], SolverClock(30.0, 30.0))
    assert found.gap[0] == 0
    assert 0 < found.count[0] <= planted
