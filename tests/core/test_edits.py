"""Fewest edits, against every weak order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices, sign, weak_orders
from trustjudge_core.edits import MOST_EXACT, fewest_edits
from trustjudge_core.records import UNKNOWN

CYCLE = matrix_of("<> <")  # 1>0, 2>1, 0>2, so 0>2>1>0


# Consistent triples need no edit; each inconsistent kind is mended by its odd relation; an unknown one mends for free.
@pytest.mark.parametrize(
    ("text", "edits"),
    [(">> >", 0), ("== =", 0), ("<> <", 1), (">= >", 1), ("== <", 1), ("<? <", 0), ("?? ?", 0)],
)
def test_fewest_edits_of_three_by_hand(text: str, edits: int) -> None:
    assert fewest_edits(matrix_of(text)[None]).tolist() == [edits]


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
    assert fewest_edits(matrix[None])[0] == changed.sum(axis=(1, 2)).min() // 2


@given(st.lists(relation_matrices(4, 4), min_size=1, max_size=4))
def test_questions_of_a_block_do_not_influence_each_other(matrices: list[Matrix]) -> None:
    together = fewest_edits(np.stack(matrices))
    assert together.tolist() == [int(fewest_edits(m[None])[0]) for m in matrices]


# Ten responses in three disjoint 3-cycles placed one above the other, and a last one: 1 edit for each cycle.
def test_fewest_edits_of_three_stacked_cycles_are_three() -> None:
    levels = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    matrix = np.sign(levels[:, None] - levels[None, :]).astype(np.int8)
    for base in (0, 3, 6):
        matrix[base : base + 3, base : base + 3] = CYCLE
    assert fewest_edits(matrix[None]).tolist() == [3]


def test_more_responses_than_can_be_searched_are_refused() -> None:
    with pytest.raises(ValueError, match="exact up to 10"):
        fewest_edits(np.zeros((1, MOST_EXACT + 1, MOST_EXACT + 1), np.int8))
