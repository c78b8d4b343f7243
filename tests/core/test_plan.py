"""Which judgments a plan asks for: counted by hand, and held to its promises on any set."""

from __future__ import annotations

from itertools import pairwise, permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustjudge_core.errors import UsageError
from trustjudge_core.plan import AskedPair, AskedScore, Plan, asked
from trustjudge_core.records import SetIndex

SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=6)


def index_of(sizes: list[int]) -> SetIndex:
    """A set whose questions have so many responses."""
    total = sum(sizes)
    return SetIndex(
        tuple(f"q{q}" for q in range(len(sizes))),
        (None,) * len(sizes),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        tuple(f"r{r}" for r in range(total)),
        (None,) * total,
        np.full(total, np.nan),
    )


def opponents_of(pairs: list[list[int]], responses: int) -> list[int]:
    """How many others each response meets."""
    return [len({b for a, b in pairs if a == response}) for response in range(responses)]


def test_all_pairs_are_asked_in_both_orders_and_never_across_questions() -> None:
    found = asked(Plan(), index_of([3, 2]))
    assert found.scores.tolist() == [0, 1, 2, 3, 4]
    assert sorted(map(tuple, found.pairs.tolist())) == sorted([*permutations((0, 1, 2), 2), (3, 4), (4, 3)])
    assert len(found) == 5 + 8


def test_a_question_is_asked_response_by_response_its_score_first() -> None:
    found = asked(Plan(), index_of([1, 3]))
    assert found.of_question(index_of([1, 3]), 0) == [AskedScore(0)]
    assert found.of_question(index_of([1, 3]), 1) == [
        *(AskedScore(1), AskedPair(1, 2), AskedPair(1, 3)),
        *(AskedScore(2), AskedPair(2, 1), AskedPair(2, 3)),
        *(AskedScore(3), AskedPair(3, 1), AskedPair(3, 2)),
    ]


@pytest.mark.parametrize(
    ("size", "each", "met"),
    [
        (6, 1, [1] * 6),
        (5, 1, [1, 1, 1, 1, 2]),  # five cannot be paired off
        (6, 2, [2] * 6),
        (7, 3, [3, 3, 3, 3, 3, 3, 4]),  # 7 x 3 is odd, so one meets a fourth
        (6, 4, [4] * 6),
        (4, 9, [3] * 4),  # more than there are
    ],
)
def test_every_response_meets_as_many_opponents_as_asked_for(size: int, each: int, met: list[int]) -> None:
    found = asked(Plan(pairs="opponents", opponents=each), index_of([size]))
    assert sorted(opponents_of(found.pairs.tolist(), size)) == met


@given(SIZES, st.integers(1, 6), st.integers(0, 99))
def test_opponents_connect_everyone_from_two_on(sizes: list[int], each: int, seed: int) -> None:
    index = index_of(sizes)
    found = asked(Plan(pairs="opponents", opponents=each, seed=seed), index)
    graph = nx.Graph(found.pairs.tolist())
    graph.add_nodes_from(range(sum(sizes)))
    if each > 1:
        assert nx.number_connected_components(graph) == len(sizes)
    assert {(b, a) for a, b in found.pairs.tolist()} == {(a, b) for a, b in found.pairs.tolist()}
    assert len({tuple(pair) for pair in found.pairs.tolist()}) == len(found.pairs)
    np.testing.assert_array_equal(index.question_of[found.pairs[:, 0]], index.question_of[found.pairs[:, 1]])


def test_four_opponents_close_triples() -> None:
    """On a circle every three neighbours are a triple: as many as there are responses."""
    found = asked(Plan(pairs="opponents", opponents=4), index_of([12]))
    assert sum(nx.triangles(nx.Graph(found.pairs.tolist())).values()) / 3 == 12


@given(SIZES, st.integers(2, 200), st.integers(0, 99))
def test_a_budget_is_kept_and_spread_evenly(sizes: list[int], beyond: int, seed: int) -> None:
    total, most = sum(sizes), sum(n * (n - 1) // 2 for n in sizes)
    found = asked(Plan(pairs="budget", budget=total + beyond, seed=seed), index_of(sizes))
    assert len(found.scores) == total
    assert len(found.pairs) == 2 * min(beyond // 2, most)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    shares = [int(((found.pairs[:, 0] >= a) & (found.pairs[:, 0] < b)).sum()) // 2 for a, b in pairwise(starts)]
    unfilled = [share for share, n in zip(shares, sizes, strict=True) if share < n * (n - 1) // 2]
    assert all(max(shares) <= share + 1 for share in unfilled)
    for start, n in zip(starts, sizes, strict=False):
        met = [len(found.pairs[found.pairs[:, 0] == response]) for response in range(start, start + n)]
        assert max(met) - min(met) <= 2


def test_the_same_plan_asks_the_same_and_another_seed_something_else() -> None:
    index = index_of([8, 8])
    plan = Plan(pairs="opponents", opponents=2, seed=1)
    np.testing.assert_array_equal(asked(plan, index).pairs, asked(plan, index).pairs)
    other = asked(Plan(pairs="opponents", opponents=2, seed=2), index).pairs
    assert other.tolist() != asked(plan, index).pairs.tolist()


@given(
    st.sampled_from(
        [
            Plan(),
            Plan(False),
            Plan(pairs="none"),
            Plan(pairs="opponents", opponents=3, seed=5),
            Plan(pairs="budget", budget=9),
        ]
    )
)
def test_a_plan_comes_back_from_its_json(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"pairs": "some"}, "pairs 'some' do not exist; allowed: all, opponents, budget, none"),
        ({"pairs": "opponents"}, "opponents missing cannot be asked for"),
        ({"pairs": "opponents", "opponents": 0}, "opponents 0 cannot be asked for"),
        ({"pairs": "budget", "budget": -1}, "budget -1 cannot be asked for"),
        ({"opponents": 3}, "opponents 3 does not go with the choice of pairs 'all'"),
        ({"scores": False, "pairs": "none"}, "the plan asks for nothing"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(choice: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Plan(**choice)  # type: ignore[arg-type]


def test_a_budget_that_leaves_nothing_for_pairs_is_refused_with_the_least_that_does() -> None:
    index = index_of([3, 2])
    with pytest.raises(UsageError, match=r"allowed: at least 7 \(5 scores and one pair in both orders\)"):
        asked(Plan(pairs="budget", budget=6), index)
    assert len(asked(Plan(pairs="budget", budget=7), index)) == 7
