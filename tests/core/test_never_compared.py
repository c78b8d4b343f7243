"""An entry that nobody compared changes nothing for the others, and stays unranked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.bradley_terry import bradley_terry
from trustjudge_core.bradley_terry_many import bradley_terry_many
from trustjudge_core.comparisons import Comparisons
from trustjudge_core.hodge_ranking import hodge_rank
from trustjudge_core.kemeny import kemeny
from trustjudge_core.moves import BY_COMPARISON
from trustjudge_core.ranking import FALLEN_APART, UNCOMPARED, Ranking, copeland, win_counts
from trustjudge_core.ranking_intervals import with_interval
from trustjudge_core.records import UNKNOWN


def tally(matrices: list[Matrix]) -> Comparisons:
    """Comparisons of questions over the same entries, wins with a logit of 2."""
    wins, ties = (np.stack([win_counts(m)[part] for m in matrices]) for part in (0, 1))
    flow = 2.0 * (wins - wins.transpose(0, 2, 1))
    return Comparisons(wins, ties, wins, ties, flow)


def with_a_stranger(each: Comparisons, at: int) -> Comparisons:
    """The same with one more entry at a place, which no comparison knows."""

    def wider(table: np.ndarray) -> np.ndarray:
        return np.insert(np.insert(table, at, 0.0, axis=-1), at, 0.0, axis=-2)

    return Comparisons(
        wider(each.wins), wider(each.ties), wider(each.soft_wins), wider(each.soft_ties), wider(each.flow)
    )


def without(ranking: Ranking, at: int) -> tuple[object, ...]:
    """What a ranking says of all but one entry, its pairs renumbered."""
    others = np.arange(len(ranking.rank)) != at
    number = np.cumsum(others) - 1
    pairs = tuple((int(number[a]), int(number[b])) for a, b in ranking.contradicted)
    return (ranking.rank[others].tolist(), pairs, ranking.remark.removesuffix(UNCOMPARED).removesuffix("; "))


@pytest.mark.parametrize("method", BY_COMPARISON)
@settings(max_examples=25)
@given(relation_matrices(3, 6), st.integers(0, 3))
def test_the_others_are_ranked_as_if_it_were_not_there(method: str, matrix: Matrix, at: int) -> None:
    rank = BY_COMPARISON[method]  # type: ignore[index]
    alone, joined = (rank(c.pooled()) for c in (tally([matrix]), with_a_stranger(tally([matrix]), at)))
    if (matrix[~np.eye(len(matrix), dtype=bool)] == UNKNOWN).all():
        return  # nobody compared anybody
    assert without(joined, at) == without(alone, -1)
    assert np.delete(joined.strength, at) == pytest.approx(alone.strength, abs=1e-9, nan_ok=True)
    assert (joined.rank[at], np.isnan(joined.strength[at])) == (0, True)
    assert joined.remark.endswith(UNCOMPARED)


@pytest.mark.parametrize("method", BY_COMPARISON)
def test_intervals_of_the_others_are_the_same_too(method: str) -> None:
    rng = np.random.default_rng(1)
    matrices = [matrix_of(rows) for rows in ("<> <", ">> >", ">= <", "=> >", ">> <", "<= >", ">> >", "<> =")]
    each = tally([matrices[n] for n in rng.integers(0, 8, 30)])
    bootstrap = QuestionBootstrap(30, 300)
    rank = BY_COMPARISON[method]  # type: ignore[index]
    alone, joined = (with_interval(rank(c.pooled()), c, bootstrap) for c in (each, with_a_stranger(each, 1)))
    for part in ("low", "high", "rank_low", "rank_high"):
        assert np.delete(getattr(joined, part), 1) == pytest.approx(getattr(alone, part))
    assert np.isfinite(alone.low).all()
    assert np.isnan([joined.low[1], joined.high[1]]).all()
    assert (joined.rank_low is not None and joined.rank_low[1]) == 0
    assert joined.remark == UNCOMPARED


def test_groups_that_were_compared_only_inside_still_have_no_common_order() -> None:
    two_pairs = tally([matrix_of(">?? ?? >")]).pooled()
    for method in ("bradley_terry", "kemeny", "hodge_rank"):
        assert BY_COMPARISON[method](two_pairs).remark == FALLEN_APART  # type: ignore[index]


# Tables with one stranger, with none, with two and with nobody else: each as it is alone.
def test_tables_with_different_strangers_are_ranked_side_by_side() -> None:
    each = tally([matrix_of(rows) for rows in ("<>? <? ?", "<>= << >", "??? ?? >", "??? ?? ?")])
    for wins, ties, found in zip(
        each.wins, each.ties, bradley_terry_many(each.wins, each.ties, each.wins), strict=True
    ):
        alone = bradley_terry(wins, ties)
        assert found.rank.tolist() == alone.rank.tolist()
        assert (found.remark, found.contradicted) == (alone.remark, alone.contradicted)
        assert found.strength == pytest.approx(alone.strength, abs=1e-6, nan_ok=True)


def test_kemeny_counts_reversals_among_the_others() -> None:
    cycle = with_a_stranger(tally([matrix_of("<> <")]), 0).pooled()
    found = kemeny(cycle.wins, cycle.ties)
    assert (found.reversals, found.gap) == (1.0, 0.0)  # one of the three wins of a cycle is against any order
    assert sorted(found.strength[1:].tolist()) == [-2.0, 0.0, 2.0]


def test_copeland_and_hodge_rank_name_what_is_missing() -> None:
    each = with_a_stranger(tally([matrix_of(">> >")]), 3).pooled()
    assert copeland(each.wins, each.ties).remark == UNCOMPARED
    assert hodge_rank(each.flow, each.compared, each.wins).rank.tolist() == [1, 2, 3, 0]
