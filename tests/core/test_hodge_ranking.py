"""HodgeRank, against NumPy's least squares with every comparison as a row."""

from __future__ import annotations

import numpy as np
import pytest

from trustjudge_core.hodge_ranking import hodge_rank, strengths

NOBODY = np.zeros((4, 4))


def rows(seed: int, n: int = 4, count: int = 30) -> list[tuple[int, int, float]]:
    """Comparisons (i, j, logit)."""
    rng = np.random.default_rng(seed)
    return [(*(int(x) for x in rng.choice(n, 2, replace=False)), float(rng.normal())) for _ in range(count)]


def tallies(comparisons: list[tuple[int, int, float]], n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Sums of logits and counts."""
    flow, compared = np.zeros((n, n)), np.zeros((n, n))
    for i, j, logit in comparisons:
        flow[i, j] += logit
        flow[j, i] -= logit
        compared[i, j] += 1
        compared[j, i] += 1
    return flow, compared


@pytest.mark.parametrize("seed", range(4))
def test_strengths_solve_least_squares_over_all_comparisons(seed: int) -> None:
    comparisons = rows(seed)
    design = np.zeros((len(comparisons), 4))
    for row, (i, j, _) in enumerate(comparisons):
        design[row, i], design[row, j] = 1.0, -1.0
    expected = np.linalg.lstsq(design, np.array([logit for *_, logit in comparisons]), rcond=None)[0]
    found = hodge_rank(*tallies(comparisons), NOBODY)
    assert found.strength == pytest.approx(expected - expected.mean())
    assert found.strength.mean() == pytest.approx(0.0, abs=1e-12)


def test_one_sided_comparisons_have_finite_strengths() -> None:
    flow, compared = tallies([(0, 1, 4.6), (1, 2, 4.6), (2, 3, 4.6)])
    wins = np.triu(np.ones((4, 4)), 1)
    found = hodge_rank(flow, compared, wins)
    assert found.strength == pytest.approx(4.6 * np.array([1.5, 0.5, -0.5, -1.5]))
    assert (found.rank.tolist(), found.contradicted, found.remark) == ([1, 2, 3, 4], (), "")


def test_groups_never_compared_have_no_common_order() -> None:
    flow, compared = tallies([(0, 1, 1.0), (2, 3, 1.0)])
    found = hodge_rank(flow, compared, NOBODY)
    assert found.rank.tolist() == [0, 0, 0, 0]
    assert "never compared" in found.remark
    together = strengths(np.stack([flow] * 2), np.stack([compared, np.ones((4, 4)) - np.eye(4)]))
    assert np.isnan(together[0]).all()
    assert np.isfinite(together[1]).all()
    assert hodge_rank(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1))).rank.tolist() == [0]
