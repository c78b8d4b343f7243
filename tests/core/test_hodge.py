"""Gradient and cyclic parts of preference flows, by hand and by invariants."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trustjudge_core.hodge import cyclicity


def flow_of(n: int, entries: dict[tuple[int, int], float]) -> np.ndarray:
    """Antisymmetric flow with NaN where nothing is given."""
    flow = np.full((n, n), np.nan)
    for (a, b), y in entries.items():
        flow[a, b], flow[b, a] = y, -y
    return flow


@given(arrays(np.float64, 5, elements=st.floats(-5, 5)))
def test_flow_of_scores_has_no_cyclic_part(scores: np.ndarray) -> None:
    flow = scores[:, None] - scores[None, :]
    if np.abs(flow).max() < 1e-3:
        return
    assert cyclicity(flow) == pytest.approx(0.0, abs=1e-9)


def test_flow_around_a_circle_is_all_cyclic() -> None:
    assert cyclicity(flow_of(3, {(0, 1): 1.0, (1, 2): 1.0, (2, 0): 1.0})) == pytest.approx(1.0)


# Y = (0->1: 2, 1->2: 1, 0->2: 0). The circle direction is (1, 1, -1)/sqrt(3), and Y has the component
# 3/sqrt(3) = sqrt(3) along it: cyclic energy 3 of |Y|^2 = 5.
def test_cyclicity_of_one_triangle_by_hand() -> None:
    assert cyclicity(flow_of(3, {(0, 1): 2.0, (1, 2): 1.0, (0, 2): 0.0})) == pytest.approx(3 / 5)


def test_flow_along_a_tree_is_never_cyclic() -> None:
    assert cyclicity(flow_of(4, {(0, 1): 3.0, (1, 2): -7.0, (1, 3): 0.5})) == pytest.approx(0.0, abs=1e-12)


def test_no_pairs_are_not_enough_data_and_all_ties_no_cyclicity() -> None:
    assert np.isnan(cyclicity(np.full((3, 3), np.nan)))
    assert np.isnan(cyclicity(np.zeros((1, 1))))
    assert cyclicity(flow_of(3, dict.fromkeys(combinations(range(3), 2), 0.0))) == 0.0


@given(arrays(np.float64, (4, 4), elements=st.floats(-3, 3)), st.sampled_from(list(permutations(range(4)))))
def test_cyclicity_does_not_depend_on_names(values: np.ndarray, order: tuple[int, ...]) -> None:
    flow = values - values.T
    assert cyclicity(flow[np.ix_(order, order)]) == pytest.approx(cyclicity(flow), abs=1e-9)
    assert -1e-12 <= cyclicity(flow) <= 1 + 1e-12
