"""Soft non-transitivity, against SciPy's Jensen-Shannon distance triple by triple."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from trustjudge_core.soft_transitivity import divergence, soft_deviation


@given(st.floats(0, 1), st.floats(0, 1))
def test_divergence_is_the_squared_jensen_shannon_distance_of_scipy(p: float, q: float) -> None:
    expected = jensenshannon([p, 1 - p], [q, 1 - q], base=2) ** 2
    assert divergence(np.array([p]), np.array([q]))[0] == pytest.approx(np.nan_to_num(expected), abs=1e-5)


def test_divergence_of_opposite_certainties_is_one_and_of_equals_zero() -> None:
    found = divergence(np.array([0.0, 1.0, 0.3]), np.array([1.0, 1.0, 0.3]))
    assert found == pytest.approx([1.0, 0.0, 0.0], abs=1e-5)


def plainly(flow: np.ndarray) -> list[float]:
    """Mean over the pairs of every known triple."""
    found = []
    for triple in combinations(range(len(flow)), 3):
        each = []
        for a, b in combinations(triple, 2):
            (c,) = set(triple) - {a, b}
            measured, implied = (1 / (1 + np.exp(-x)) for x in (flow[a, b], flow[a, c] + flow[c, b]))
            each.append(jensenshannon([measured, 1 - measured], [implied, 1 - implied], base=2) ** 2)
        found.append(float(np.mean(each)))
    return [value for value in found if not np.isnan(value)]


@pytest.mark.parametrize("n", [3, 5, 8])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_sum_over_triples_is_that_of_plain_loops(n: int, missing: float) -> None:
    rng = np.random.default_rng(n)
    half = np.triu(rng.normal(0, 2, (4, n, n)), 1)
    half[np.triu(rng.random(half.shape) < missing, 1)] = np.nan
    flow = half - half.transpose(0, 2, 1)
    sums, counts = soft_deviation(flow)
    for q in range(4):
        expected = plainly(flow[q])
        assert counts[q] == len(expected)
        assert sums[q] == pytest.approx(sum(expected), abs=1e-4)


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_flow_of_scores_does_not_deviate(scores: list[float]) -> None:
    flow = np.subtract.outer(scores, scores)
    sums, counts = soft_deviation(flow[None])
    assert (sums[0], counts[0]) == (pytest.approx(0.0, abs=1e-5), 4)


def test_no_triples_are_no_sum() -> None:
    for n in (0, 1, 2):
        sums, counts = soft_deviation(np.zeros((2, n, n)))
        assert (sums.tolist(), counts.tolist()) == ([0.0, 0.0], [0, 0])
