"""The isotonic score edit: against SciPy's isotonic regression and a general solver, and the agreement it promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression, minimize

from tests.core.small_runs import both_orders, run_of, score
from trustjudge_core.evidence import Evidence
from trustjudge_core.inconsistencies import score_conflicts
from trustjudge_core.records import UNKNOWN
from trustjudge_core.score_edits import STEP, score_edit, score_edits
from trustjudge_core.scores import gap_sign

SCALE = (1.0, 5.0)


def _chain(n: int) -> np.ndarray:
    """0 beats 1 beats ... beats n - 1."""
    levels = np.arange(n)
    return np.sign(levels[None, :] - levels[:, None]).astype(np.int8)


@given(st.lists(st.floats(1, 5), min_size=2, max_size=8))
def test_on_a_total_order_it_is_isotonic_regression(scores: list[float]) -> None:
    found = score_edit(np.array(scores), _chain(len(scores)), SCALE, 0.0)
    assert found is not None
    wanted = isotonic_regression(scores, increasing=False).x
    # Winners must be ahead by a millionth of the scale, which shifts each score by at most n steps.
    assert found.after == pytest.approx(wanted, abs=len(scores) * STEP * 4 + 1e-9)


# a > b > c and b = d: scores 2, 4, 3, 4. b and d meet; a, b, d must pool: (2 + 4 + 4)/3 = 10/3 for all, c stays at 3.
def test_by_hand() -> None:
    relations = np.full((4, 4), UNKNOWN, np.int8)
    np.fill_diagonal(relations, 0)
    for i, j, r in ((0, 1, 1), (1, 2, 1), (1, 3, 0)):
        relations[i, j], relations[j, i] = r, -r
    found = score_edit(np.array([2.0, 4.0, 3.0, 4.0]), relations, SCALE, 0.0)
    assert found is not None
    assert found.after == pytest.approx([10 / 3, 10 / 3, 3, 10 / 3], abs=1e-5)
    assert found.changed.tolist() == [0, 1, 3]
    assert found.moved == pytest.approx(np.sqrt(((4 / 3) ** 2 + 2 * (2 / 3) ** 2) / 4), abs=1e-5)
    assert found.edited == 0


@given(st.integers(0, 10**6), st.sampled_from((0.0, 0.3)))
def test_on_a_partial_order_a_general_solver_finds_no_nearer_scores(seed: int, tolerance: float) -> None:
    rng = np.random.default_rng(seed)
    n = 5
    levels = rng.integers(0, 3, n)
    relations = np.sign(levels[None, :] - levels[:, None]).astype(np.int8)
    hidden = np.triu(rng.random((n, n)) < 0.4, 1)
    relations[hidden | hidden.T] = UNKNOWN
    scores = rng.uniform(1, 5, n)
    found = score_edit(scores, relations, SCALE, tolerance)
    assert found is not None
    rules = []
    for i in range(n):
        for j in range(n):
            if relations[i, j] == 1:
                rules.append({"type": "ineq", "fun": lambda x, i=i, j=j: x[i] - x[j] - tolerance - 4 * STEP})
            elif relations[i, j] == 0 and i != j:
                rules.append({"type": "ineq", "fun": lambda x, i=i, j=j: tolerance - (x[i] - x[j])})
    other = minimize(
        lambda x: ((x - scores) ** 2).sum(), scores, method="SLSQP", bounds=[SCALE] * n, constraints=rules,
        options={"ftol": 1e-12, "maxiter": 500},
    )  # fmt: skip
    mine = ((found.after - scores) ** 2).sum()
    if other.success:
        assert mine <= other.fun + 1e-6
    # And it keeps what it promises, by the rule that the audit itself uses.
    i, j = np.nonzero(np.triu(relations != UNKNOWN, 1))
    sign = gap_sign(found.after[i] - found.after[j], tolerance, "corrected")
    assert not score_conflicts(sign, relations[i, j]).conflict.any()
    assert (found.after >= 1 - 1e-9).all()
    assert (found.after <= 5 + 1e-9).all()


# a > b > c > a: one of three relations must go, then the scores can follow.
def test_contradicting_comparisons_are_edited_first_and_that_is_said() -> None:
    relations = _chain(3)
    relations[0, 2], relations[2, 0] = -1, 1
    found = score_edit(np.array([3.0, 3.0, 3.0]), relations, SCALE, 0.0)
    assert found is not None
    assert found.edited == 1
    i, j = np.array([0, 0, 1]), np.array([1, 2, 2])
    sign = gap_sign(found.after[i] - found.after[j], 0.0, "corrected")
    assert score_conflicts(sign, relations[i, j]).conflict.sum() == 1


def test_a_scale_without_room_for_all_levels_gives_no_proposal() -> None:
    assert score_edit(np.array([3.0, 3.0, 3.0]), _chain(3), SCALE, 2.5) is None
    assert score_edit(np.array([3.0, np.nan, np.nan]), _chain(3), SCALE, 0.0) is None


def test_only_questions_that_would_change_are_proposed() -> None:
    run = run_of(
        {"q": "ab", "r": "ab", "s": "ab"},
        scores=[score(x, v, question=q) for q, x, v in [("q", "a", 2), ("q", "b", 4), ("r", "a", 4), ("r", "b", 2)]],
        pairs=[p for q in "qrs" for p in both_orders("a", "b", "first", question=q)],
    )
    evidence = Evidence(run, "corrected")
    assert evidence.default_scores is not None
    (found,) = score_edits(evidence, evidence.default_scores, "baseline", 0.0)
    assert found.question == 0
    assert found.after == pytest.approx([3, 3], abs=1e-5)
    assert found.before.tolist() == [2, 4]
