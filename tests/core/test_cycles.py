"""Chains, tangled groups and shortest cycles, against brute force and networkx."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, matrix_of, relation_matrices
from trustjudge_core.cycles import (
    chain_of,
    chains,
    cycle_chain,
    shortest_cycle_through,
    shortest_cycles,
    tangled_groups,
    tangled_groups_of_many,
)
from trustjudge_core.inconsistencies import inconsistent_triples

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


@settings(max_examples=60)
@given(relation_matrices(3, 6))
def test_lengths_of_shortest_cycles_are_those_of_the_cycles_found(matrix: Matrix) -> None:
    lengths = shortest_cycles(matrix)
    for winner, loser in permutations(range(len(matrix)), 2):
        expected = len(shortest_cycle_through(matrix, winner, loser)) if matrix[winner, loser] == 1 else 0
        assert lengths[winner, loser] == expected


def test_a_long_cycle_knows_its_weakest_link() -> None:
    margins = np.full((4, 4), 0.5)
    margins[2, 3] = 0.1
    chain = cycle_chain([0, 1, 2, 3], margins)
    assert steps(chain.links) == [(0, 1, False), (1, 2, False), (2, 3, False), (3, 0, False)]
    assert (chain.weakest, chain.strength) == (2, 0.1)


@given(st.lists(relation_matrices(5, 5), min_size=1, max_size=4))
def test_tangled_groups_of_many_questions_are_those_of_each(matrices: list[Matrix]) -> None:
    assert tangled_groups_of_many(np.stack(matrices)) == [tangled_groups(matrix) for matrix in matrices]
