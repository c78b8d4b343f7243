"""Chains, tangled groups, fewest edits and cyclicity, against brute force and networkx."""

from __future__ import annotations

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices, sign, weak_orders
from trustjudge_core.cycles import (
    MOST_EXACT,
    chain_of,
    chains,
    cyclicity,
    fewest_edits,
    shortest_cycle_through,
    tangled_groups,
)
from trustjudge_core.inconsistencies import inconsistent_triples
from trustjudge_core.records import UNKNOWN

CYCLE = matrix_of("<> <")  # 1>0, 2>1, 0>2, so 0>2>1>0


def flat_margins(n: int) -> np.ndarray:
    """All margins 1."""
    return np.ones((n, n))


def steps(chain_links: object) -> list[tuple[int, int, bool]]:
    """(winner, loser, tie) of every link."""
    return [(link.winner, link.loser, link.tie) for link in chain_links]  # type: ignore[attr-defined]


def test_strict_cycle_starts_at_its_lowest_number_and_follows_the_wins() -> None:
    chain = chain_of((0, 1, 2), "strict_cycle", CYCLE, flat_margins(3))
    assert steps(chain.links) == [(0, 2, False), (2, 1, False), (1, 0, False)]


# A=2, B=0, C=1: 2>0>1 but 2=1.
def test_broken_chain_reads_its_wins_and_then_the_tie_that_breaks_it() -> None:
    chain = chain_of((0, 1, 2), "broken_chain", matrix_of(">< ="), flat_margins(3))
    assert steps(chain.links) == [(2, 0, False), (0, 1, False), (1, 2, True)]


# A=2, B=0, C=1: 2=0=1 but 2>1.
def test_contradicted_tie_reads_its_ties_and_then_the_win() -> None:
    chain = chain_of((0, 1, 2), "contradicted_tie", matrix_of("== <"), flat_margins(3))
    assert steps(chain.links) == [(2, 0, True), (0, 1, True), (2, 1, False)]


def test_weakest_link_is_the_smallest_margin_and_the_strength_of_the_chain() -> None:
    margins = np.zeros((3, 3))
    for a, b, m in ((0, 2, 0.5), (2, 1, 0.1), (1, 0, 0.9)):
        margins[a, b] = margins[b, a] = m
    chain = chain_of((0, 1, 2), "strict_cycle", CYCLE, margins)
    assert (chain.weakest, chain.strength) == (1, 0.1)


@given(relation_matrices(3, 7), st.integers(0, 5))
def test_every_chain_is_closed_reads_as_its_kind_and_the_firmest_comes_first(matrix: Matrix, seed: int) -> None:
    half = np.triu(np.random.default_rng(seed).random(matrix.shape), 1)
    found = chains(inconsistent_triples(matrix), matrix, half + half.T)
    ties = {"strict_cycle": [False] * 3, "broken_chain": [False, False, True], "contradicted_tie": [True, True, False]}
    for chain in found:
        assert [link.tie for link in chain.links] == ties[chain.kind]
        assert all(matrix[link.winner, link.loser] == (0 if link.tie else 1) for link in chain.links)
        assert chain.links[0].loser == chain.links[1].winner
        assert chain.strength == min(link.margin for link in chain.links)
        assert len({link.winner for link in chain.links} | {link.loser for link in chain.links}) == 3
    assert [c.strength for c in found] == sorted((c.strength for c in found), reverse=True)


@given(relation_matrices(2, 8))
def test_tangled_groups_are_mutual_reachability(matrix: Matrix) -> None:
    n = len(matrix)
    reach = [[a == b or matrix[a, b] == 1 for b in range(n)] for a in range(n)]
    for via, a, b in ((v, a, b) for v in range(n) for a in range(n) for b in range(n)):
        reach[a][b] = reach[a][b] or (reach[a][via] and reach[via][b])
    groups = {frozenset(b for b in range(n) if reach[a][b] and reach[b][a]) for a in range(n)}
    found = tangled_groups(matrix)
    assert {frozenset(g) for g in found} == {g for g in groups if len(g) > 1}
    assert [len(g) for g in found] == sorted((len(g) for g in found), reverse=True)


@settings(max_examples=60)
@given(relation_matrices(3, 6))
def test_shortest_cycle_through_an_edge_is_the_shortest_of_all_cycles_with_it(matrix: Matrix) -> None:
    graph = nx.from_numpy_array(matrix == 1, create_using=nx.DiGraph)
    cycles = list(nx.simple_cycles(graph))
    for winner, loser in graph.edges:
        with_edge = [c for c in cycles if any(c[n - 1] == winner and c[n] == loser for n in range(len(c)))]
        found = shortest_cycle_through(matrix, winner, loser)
        assert len(found) == min((len(c) for c in with_edge), default=0)
        if found:
            assert found[:2] == [winner, loser]
            assert all(matrix[found[n - 1], found[n]] == 1 for n in range(len(found)))


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
