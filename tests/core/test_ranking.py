"""Rankings, against choix (no ties), SciPy on the Davidson likelihood (ties) and hand counts."""

from __future__ import annotations

import choix
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from tests.core.davidson_by_bfgs import davidson_by_bfgs
from tests.core.relation_examples import Matrix, matrix_of, relation_matrices
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.ranking import (
    Ranking,
    bradley_terry,
    contradicted_pairs,
    copeland,
    expected_score,
    ranks,
    win_counts,
    with_interval,
)

Counts = NDArray[np.float64]


def no_ties(n: int) -> Counts:
    """A tie table without ties."""
    return np.zeros((n, n))


def table(entries: dict[tuple[int, int], float], n: int) -> Counts:
    """Wins [winner, loser]."""
    wins = np.zeros((n, n))
    for (winner, loser), count in entries.items():
        wins[winner, loser] = count
    return wins


# ---- ranks ----


def test_equal_strengths_share_the_smallest_rank_and_unknown_ones_have_none() -> None:
    assert ranks(np.array([1.0, 3.0, 3.0, np.nan, -2.0])).tolist() == [3, 1, 1, 0, 4]
    assert ranks(np.array([])).tolist() == []
    assert ranks(np.full(2, np.nan)).tolist() == [0, 0]


def test_rounding_does_not_break_a_shared_rank() -> None:
    assert ranks(np.array([0.1 + 0.2, 0.3, 0.2])).tolist() == [1, 1, 3]


def test_contradicted_pairs_are_wins_that_the_order_does_not_show() -> None:
    wins = table({(0, 1): 2, (1, 0): 1, (2, 0): 1, (1, 2): 1}, 4)
    assert contradicted_pairs(np.array([1, 2, 3, 0]), wins) == ((2, 0),)
    assert contradicted_pairs(np.array([1, 1, 3, 0]), wins) == ((0, 1), (2, 0))
    assert contradicted_pairs(np.array([0, 0, 0, 0]), wins) == ()


def test_wins_and_ties_of_relations_leave_out_unknown_ones_and_the_diagonal() -> None:
    wins, ties = win_counts(matrix_of(">=? <? ="))
    assert wins.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert ties.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]]


# ---- Copeland ----


# 0 beats 1 (3:1) and draws with 2 (1:1); 1 loses to 0 and beats 2 on a single comparison. 3 was never compared.
def test_copeland_by_hand() -> None:
    wins = table({(0, 1): 3, (1, 0): 1, (0, 2): 1, (2, 0): 1, (1, 2): 1}, 4)
    found = copeland(wins, no_ties(4))
    assert found.strength[:3].tolist() == [1.0, 0.0, -1.0]
    assert np.isnan(found.strength[3])
    assert found.rank.tolist() == [1, 2, 3, 0]
    assert "not ranked" in found.remark


def test_copeland_of_ties_alone_is_a_shared_first_rank() -> None:
    ties = 1.0 - np.eye(3)
    assert copeland(np.zeros((3, 3)), ties).rank.tolist() == [1, 1, 1]


@given(relation_matrices(2, 7), st.randoms(use_true_random=False))
def test_renaming_permutes_copeland(matrix: Matrix, random: object) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    plain = copeland(*win_counts(matrix))
    moved = copeland(*win_counts(matrix[np.ix_(order, order)]))
    assert moved.rank.tolist() == plain.rank[order].tolist()


# ---- Bradley-Terry ----


def connected_wins(seed: int, n: int) -> Counts:
    """Wins between all pairs, so that strengths exist."""
    wins = np.random.default_rng(seed).integers(1, 12, (n, n)).astype(float)
    np.fill_diagonal(wins, 0.0)
    return wins


# Two entries, 3 wins to 1: the odds are 3, the log-odds ln 3, half of it on either side of 0.
def test_strengths_of_two_are_the_log_odds() -> None:
    found = bradley_terry(table({(0, 1): 3, (1, 0): 1}, 2), no_ties(2))
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
    wins = table({(0, 1): 2, (1, 0): 1, (1, 2): 3}, 3)
    ties = table({(0, 1): 1, (1, 0): 1, (1, 2): 2, (2, 1): 2}, 3)
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
    found = bradley_terry(table({(0, 1): 3, (1, 0): 1, (0, 2): 1, (2, 0): 2, (0, 3): 5, (3, 0): 5}, 4), no_ties(4))
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
    found = bradley_terry(table({(0, 2): 1, (1, 2): 1}, 3), no_ties(3))
    assert found.rank.tolist() == [0, 0, 0]
    assert "no single order" in found.remark


def test_groups_never_compared_have_no_common_order() -> None:
    wins = table({(0, 1): 1, (1, 0): 1, (2, 3): 1, (3, 2): 2}, 4)
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


# ---- expected score and intervals ----


def test_expected_score_ranks_scored_entries_and_lists_what_it_contradicts() -> None:
    found = expected_score(np.array([2.5, np.nan, 4.0]), table({(0, 2): 1, (1, 0): 1}, 3))
    assert found.rank.tolist() == [2, 0, 1]
    assert found.contradicted == ((0, 2),)
    assert "not ranked" in found.remark


@given(arrays(np.float64, 5, elements=st.integers(1, 50).map(lambda n: n / 10)))
def test_ranks_count_who_is_better(scores: Counts) -> None:
    assert ranks(scores).tolist() == [1 + sum(other > mine for other in scores) for mine in scores]


def per_question(seed: int, questions: int, n: int) -> tuple[Counts, Counts]:
    """Random relations of each question as wins and ties, (Q, n, n) each."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.choice([-1, 0, 1, 1], (questions, n, n)), 1)
    relations = (upper - upper.transpose(0, 2, 1)).astype(np.int8)
    wins, ties = zip(*(win_counts(m) for m in relations), strict=True)
    return np.array(wins), np.array(ties)


# The same resamples one by one, through the point estimate itself.
@pytest.mark.parametrize("method", [copeland, bradley_terry])
def test_intervals_are_the_quantiles_of_resampled_rankings(method: object) -> None:
    wins, ties = per_question(5, 12, 4)
    bootstrap = QuestionBootstrap(12, 200, seed=1)
    point = method(wins.sum(axis=0), ties.sum(axis=0))  # type: ignore[operator]
    found = with_interval(point, wins, ties, bootstrap)
    draws = np.array(
        [
            method(np.tensordot(w, wins, 1), np.tensordot(w, ties, 1)).strength  # type: ignore[operator]
            for w in bootstrap.weights.astype(float)
        ]
    )
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    assert found.low == pytest.approx(low, abs=2e-3)
    assert found.high == pytest.approx(high, abs=2e-3)
    assert found.strength.tolist() == point.strength.tolist()
    assert (found.low <= found.strength + 1e-6).all()
    assert (found.strength <= found.high + 1e-6).all()


def test_one_question_has_no_interval() -> None:
    wins, ties = per_question(6, 1, 3)
    found = with_interval(copeland(wins[0], ties[0]), wins, ties, QuestionBootstrap(1))
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


def test_entries_that_cannot_be_ranked_have_no_interval_either() -> None:
    wins, ties = per_question(7, 8, 3)
    wide = np.zeros((2, 8, 4, 4))
    wide[:, :, :3, :3] = wins, ties  # the fourth entry was never compared
    found = with_interval(copeland(wide[0].sum(axis=0), wide[1].sum(axis=0)), *wide, QuestionBootstrap(8, 100))
    assert np.isnan([found.strength[3], found.low[3], found.high[3]]).all()
    assert np.isfinite(found.low[:3]).all()


def test_strengths_that_often_do_not_exist_have_no_interval() -> None:
    wins = np.zeros((10, 2, 2))
    wins[:9, 0, 1] = 1
    wins[9, 1, 0] = 1  # the only upset is missing from a third of the resamples, (9/10)^10
    ties = np.zeros_like(wins)
    found = with_interval(bradley_terry(wins.sum(axis=0), ties.sum(axis=0)), wins, ties, QuestionBootstrap(10, 200))
    assert np.isfinite(found.strength).all()
    assert np.isnan(found.low).all()


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_rankings_of_consistent_questions_contradict_nothing(seed: int) -> None:
    levels = np.random.default_rng(seed).integers(0, 4, 6)
    assume(len(set(levels.tolist())) > 1)
    matrix = np.sign(levels[:, None] - levels[None, :]).astype(np.int8)
    wins, ties = win_counts(matrix)
    rankings: list[Ranking] = [copeland(wins, ties), bradley_terry(wins, ties)]
    for ranking in rankings:
        assert ranking.contradicted == ()
        assert ranking.rank.tolist() == [1 + int((levels > mine).sum()) for mine in levels]
