"""Bradley-Terry strengths, against choix (no ties) and SciPy on the Davidson likelihood (ties)."""

from __future__ import annotations

import choix
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.davidson_by_bfgs import davidson_by_bfgs
from tests.core.relation_examples import Counts, Matrix, matrix_of, no_ties, relation_matrices, win_table
from trustjudge_core.bradley_terry import bradley_terry, soft_bradley_terry
from trustjudge_core.ranking import win_counts


def connected_wins(seed: int, n: int) -> Counts:
    """Wins between all pairs, so that strengths exist."""
    wins = np.random.default_rng(seed).integers(1, 12, (n, n)).astype(float)
    np.fill_diagonal(wins, 0.0)
    return wins


# Two entries, 3 wins to 1: the odds are 3, the log-odds ln 3, half of it on either side of 0.
def test_strengths_of_two_are_the_log_odds() -> None:
    found = bradley_terry(win_table({(0, 1): 3, (1, 0): 1}, 2), no_ties(2))
    assert found.strength == pytest.approx([np.log(3) / 2, -np.log(3) / 2])


@pytest.mark.parametrize("n", [2, 3, 6, 10])
@pytest.mark.parametrize("seed", [1, 2])
def test_without_ties_strengths_are_those_of_choix(n: int, seed: int) -> None:
    wins = connected_wins(seed, n)
    data = [(a, b) for a in range(n) for b in range(n) for _ in range(int(wins[a, b]))]
    expected = choix.ilsr_pairwise(n, data, alpha=0.0, tol=1e-12)
    assert bradley_terry(wins, no_ties(n)).strength == pytest.approx(expected - expected.mean(), abs=1e-5)


@pytest.mark.parametrize("n", [2, 3, 6, 10])
@pytest.mark.parametrize("seed", [3, 4])
def test_with_ties_strengths_maximise_the_davidson_likelihood(n: int, seed: int) -> None:
    wins = connected_wins(seed, n)
    half = np.triu(np.random.default_rng(seed + 10).integers(0, 9, (n, n)), 1).astype(float)
    ties = half + half.T
    assert bradley_terry(wins, ties).strength == pytest.approx(davidson_by_bfgs(wins, ties), abs=1e-4)


# 0>1>2 with ties between 0-1 and 1-2 and one upset is enough to connect them: 0 and 2 never met.
def test_sparse_comparisons_with_ties_agree_with_the_davidson_likelihood() -> None:
    wins = win_table({(0, 1): 2, (1, 0): 1, (1, 2): 3}, 3)
    ties = win_table({(0, 1): 1, (1, 0): 1, (1, 2): 2, (2, 1): 2}, 3)
    found = bradley_terry(wins, ties)
    assert found.strength == pytest.approx(davidson_by_bfgs(wins, ties), abs=1e-4)
    assert found.rank.tolist() == [1, 2, 3]
    assert found.remark == ""


def test_a_cycle_gives_everyone_the_same_rank() -> None:
    found = bradley_terry(*win_counts(matrix_of("<> <")))
    assert found.rank.tolist() == [1, 1, 1]
    assert found.strength == pytest.approx([0, 0, 0], abs=1e-9)
    assert len(found.contradicted) == 3


# Without ties, comparisons of one against many make evalica's iteration swing for ever between two points.
# By hand: 3:1 against the baseline is ln 3 above it, 1:2 ln 2 below.
def test_many_against_one_baseline_have_their_own_log_odds() -> None:
    found = bradley_terry(win_table({(0, 1): 3, (1, 0): 1, (0, 2): 1, (2, 0): 2, (0, 3): 5, (3, 0): 5}, 4), no_ties(4))
    gaps = found.strength - found.strength[0]
    assert gaps == pytest.approx([0.0, -np.log(3), np.log(2), 0.0], abs=1e-8)
    assert found.rank.tolist() == [2, 4, 1, 2]


# 1 beats 0 once, the rest ties. The likelier ties are, the better this is explained, without end: the tie
# parameter has no finite value. With ties as half wins 0 has 1/2 of 2 points, 2 has 1, 1 has 3/2, and by
# symmetry 2 lies in the middle, at 0; 1 at x wins sigma(2x) + sigma(x) = 3/2 points.
def test_a_tie_parameter_without_end_is_said_and_ties_count_as_half_wins() -> None:
    found = bradley_terry(*win_counts(matrix_of("<= =")))
    assert "half a win" in found.remark
    x = float(found.strength[1])
    assert 1 / (1 + np.exp(-2 * x)) + 1 / (1 + np.exp(-x)) == pytest.approx(1.5)
    assert found.strength == pytest.approx([-x, x, 0.0])
    assert found.rank.tolist() == [3, 1, 2]


@pytest.mark.parametrize("n", [2, 5])
def test_all_ties_give_everyone_the_same_rank(n: int) -> None:
    found = bradley_terry(np.zeros((n, n)), 1.0 - np.eye(n))
    assert found.rank.tolist() == [1] * n
    assert found.strength == pytest.approx([0.0] * n, abs=1e-9)


def test_one_sided_comparisons_rank_without_inventing_strengths() -> None:
    found = bradley_terry(*win_counts(matrix_of("<< <")))  # 2 > 1 > 0 without an upset
    assert found.rank.tolist() == [3, 2, 1]
    assert np.isnan(found.strength).all()
    assert "one-sided" in found.remark


# 3 and 4 beat everyone else and each other once; 0, 1, 2 are a cycle below them.
def test_groups_one_above_the_other_are_ranked_and_tie_inside() -> None:
    wins = np.zeros((5, 5))
    wins[:3, :3] = matrix_of("<> <") == 1
    wins[3:, :3] = 1
    wins[3, 4] = wins[4, 3] = 1
    found = bradley_terry(wins, no_ties(5))
    assert found.rank.tolist() == [3, 3, 3, 1, 1]
    assert "ranked by who beats whom" in found.remark


# Forty groups of two, each group above the next. Inside a group the wins are 1001 to 1000: log-odds 0.001,
# a difference that must not drown in the distance to the groups far below.
def test_order_inside_a_group_does_not_depend_on_how_many_groups_there_are() -> None:
    groups = 40
    wins = np.zeros((2 * groups, 2 * groups))
    for g in range(groups):
        wins[2 * g, 2 * g + 1], wins[2 * g + 1, 2 * g] = 1001, 1000
        wins[2 * g : 2 * g + 2, 2 * g + 2 :] = 1
    assert bradley_terry(wins, no_ties(2 * groups)).rank.tolist() == list(range(1, 2 * groups + 1))


def test_two_winners_over_one_loser_have_no_single_order() -> None:
    found = bradley_terry(win_table({(0, 2): 1, (1, 2): 1}, 3), no_ties(3))
    assert found.rank.tolist() == [0, 0, 0]
    assert "no single order" in found.remark


def test_groups_never_compared_have_no_common_order() -> None:
    wins = win_table({(0, 1): 1, (1, 0): 1, (2, 3): 1, (3, 2): 2}, 4)
    found = bradley_terry(wins, no_ties(4))
    assert found.rank.tolist() == [0, 0, 0, 0]
    assert "never compared" in found.remark


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_entries_are_not_ranked(n: int) -> None:
    found = bradley_terry(no_ties(n), no_ties(n))
    assert found.rank.tolist() == [0] * n
    assert np.isnan(found.strength).all()


@settings(max_examples=40)
@given(relation_matrices(3, 6), st.randoms(use_true_random=False))
def test_renaming_permutes_bradley_terry(matrix: Matrix, random: object) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    plain = bradley_terry(*win_counts(matrix))
    moved = bradley_terry(*win_counts(matrix[np.ix_(order, order)]))
    assert moved.strength == pytest.approx(plain.strength[order], abs=1e-6, nan_ok=True)
    assert moved.rank.tolist() == plain.rank[order].tolist()
    assert moved.remark == plain.remark


@settings(max_examples=40)
@given(relation_matrices(3, 6, unknown=False))
def test_turning_every_result_around_turns_the_strengths_around(matrix: Matrix) -> None:
    plain, turned = bradley_terry(*win_counts(matrix)), bradley_terry(*win_counts(matrix.T))
    assert turned.strength == pytest.approx(-plain.strength, abs=1e-6, nan_ok=True)


# Two pairs, judged 60 : 30 : 10 and 80 : 10 : 10 for the first: 1.4 wins to 0.4 and 0.2 ties. The log-odds of two
# entries are those of their wins, ln(1.4 / 0.4), whatever the ties.
def test_probabilities_count_as_fractional_wins() -> None:
    soft_wins, soft_ties = win_table({(0, 1): 1.4, (1, 0): 0.4}, 2), win_table({(0, 1): 0.2, (1, 0): 0.2}, 2)
    found = soft_bradley_terry(soft_wins, soft_ties, win_table({(1, 0): 2}, 2))
    assert found.method == "bradley_terry_soft"
    assert found.strength[0] - found.strength[1] == pytest.approx(np.log(1.4 / 0.4), abs=1e-6)
    assert found.contradicted == ((1, 0),)


@pytest.mark.parametrize("seed", [1, 2])
def test_soft_strengths_maximise_the_davidson_likelihood(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet((1, 1, 1), (5, 5))
    soft_wins, half = np.triu(probs[:, :, 0], 1) + np.triu(probs[:, :, 1], 1).T, np.triu(probs[:, :, 2], 1)
    found = soft_bradley_terry(soft_wins, half + half.T, no_ties(5))
    assert found.strength == pytest.approx(davidson_by_bfgs(soft_wins, half + half.T), abs=1e-4)
