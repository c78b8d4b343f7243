"""Gradient and cyclic parts of preference flows, by hand and by invariants."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trustjudge_core.hodge import MOST_LISTED, cyclicity, cyclicity_of_each, flow_parts, gradient_scores


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


def random_flow(n: int, seed: int, missing: float = 0.0) -> np.ndarray:
    """Antisymmetric, with NaN where nobody compared."""
    rng = np.random.default_rng(seed)
    half = np.triu(rng.normal(0, 1, (n, n)), 1)
    half[np.triu(rng.random((n, n)) < missing, 1)] = np.nan
    return np.asarray(half - half.T)


def least_squares(flow: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Scores of least norm, energy and energy of the rest, from the design matrix."""
    i, j = np.nonzero(np.triu(~np.isnan(flow), 1))
    design = np.zeros((len(i), len(flow)))
    design[np.arange(len(i)), i], design[np.arange(len(i)), j] = 1.0, -1.0
    y = flow[i, j]
    scores = np.linalg.lstsq(design, y, rcond=None)[0]
    rest = y - design @ scores
    return scores, float(y @ y), float(rest @ rest)


@pytest.mark.parametrize("missing", [0.0, 0.3, 0.7])
def test_scores_and_cyclicity_are_those_of_least_squares(missing: float) -> None:
    flows = np.stack([random_flow(7, seed, missing) for seed in range(12)])
    scores, cyclic = gradient_scores(flows), cyclicity_of_each(flows)
    for q, flow in enumerate(flows):
        expected, energy, rest = least_squares(flow)
        assert scores[q] == pytest.approx(expected, abs=1e-8)
        assert cyclic[q] == pytest.approx(rest / energy, abs=1e-9)


# A square without diagonals has no triangle: what runs around it is harmonic. With one diagonal there are two
# triangles that fill it, and nothing is harmonic.
def test_what_runs_around_an_unfilled_loop_is_harmonic() -> None:
    square = {(0, 1): 1.0, (1, 2): 1.0, (2, 3): 1.0, (3, 0): 1.0}
    open_loop, filled = flow_parts(flow_of(4, square)), flow_parts(flow_of(4, {**square, (0, 2): 0.0}))
    assert (open_loop.gradient, open_loop.curl, open_loop.harmonic) == pytest.approx((0.0, 0.0, 1.0))
    assert (filled.gradient, filled.curl, filled.harmonic) == pytest.approx((0.0, 1.0, 0.0))


@pytest.mark.parametrize("missing", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("seed", [1, 2])
def test_curl_part_is_the_projection_on_flows_around_triangles(missing: float, seed: int) -> None:
    flow = random_flow(7, seed, missing)
    i, j = np.nonzero(np.triu(~np.isnan(flow), 1))
    place = {(a, b): n for n, (a, b) in enumerate(zip(i.tolist(), j.tolist(), strict=True))}
    triangles = [t for t in combinations(range(7), 3) if all(pair in place for pair in combinations(t, 2))]
    around = np.zeros((len(i), len(triangles)))
    for n, (a, b, c) in enumerate(triangles):
        around[place[a, b], n], around[place[b, c], n], around[place[a, c], n] = 1.0, 1.0, -1.0
    y = flow[i, j]
    projected = around @ np.linalg.lstsq(around, y, rcond=None)[0] if triangles else np.zeros(len(y))
    _, energy, rest = least_squares(flow)
    parts = flow_parts(flow)
    assert parts.gradient == pytest.approx(1 - rest / energy)
    assert parts.curl == pytest.approx(projected @ projected / energy, abs=1e-8)
    assert parts.gradient + parts.curl + parts.harmonic == pytest.approx(1.0)
    curls = {t: flow[t[0], t[1]] + flow[t[1], t[2]] + flow[t[2], t[0]] for t in triangles}
    assert {tuple(t): c for t, c in zip(parts.triangles.tolist(), parts.curls, strict=True)} == pytest.approx(curls)
    assert np.abs(parts.curls).tolist() == sorted(np.abs(parts.curls).tolist(), reverse=True)


# 21 responses have 1,330 triangles.
def test_of_many_triangles_the_strongest_are_listed() -> None:
    flow = random_flow(21, 5)
    curls = sorted((abs(flow[a, b] + flow[b, c] + flow[c, a]) for a, b, c in combinations(range(21), 3)), reverse=True)
    assert np.abs(flow_parts(flow).curls) == pytest.approx(curls[:MOST_LISTED])


def test_parts_of_nothing_are_not_numbers() -> None:
    parts = flow_parts(np.full((3, 3), np.nan))
    assert np.isnan([parts.gradient, parts.curl, parts.harmonic, parts.cyclicity]).all()
    assert len(parts.triangles) == 0
