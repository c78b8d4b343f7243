"""Kernels written in the array API standard give the same on NumPy and on torch."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.core.relation_examples import Matrix, brute_force_subsets, relation_matrices
from trustjudge_core.davidson_many import davidson_many, has_maximum
from trustjudge_core.inconsistencies import KINDS
from trustjudge_core.ranking import all_reach_all, has_cycle, reachable
from trustjudge_core.triples_of_many import triples_of_many


@given(st.lists(relation_matrices(5, 5), min_size=1, max_size=4))
def test_triples_of_many_questions_are_what_enumeration_finds(matrices: list[Matrix]) -> None:
    relations = np.stack(matrices)
    found = triples_of_many(relations)
    for question, matrix in enumerate(matrices):
        subsets, _, kinds, _ = brute_force_subsets(matrix, 3)
        assert found[:, question].tolist() == [subsets, *(kinds[kind] for kind in KINDS)]
    assert triples_of_many(torch.from_numpy(relations)).tolist() == found.tolist()


def test_no_questions_have_no_triples() -> None:
    assert triples_of_many(np.zeros((0, 4, 4), np.int8)).shape == (4, 0)


@pytest.mark.parametrize("n", [2, 5, 9])
def test_strengths_are_the_same_to_the_last_digits(n: int) -> None:
    rng = np.random.default_rng(n)
    wins = rng.poisson(2.0 / n, (40, n, n)).astype(float)
    wins[:, np.arange(n), np.arange(n)] = 0.0
    half = np.triu(rng.poisson(1.0 / n, (40, n, n)), 1).astype(float)
    ties = half + half.transpose(0, 2, 1)
    exists = has_maximum(wins, ties)
    assert exists.any()
    assert not exists.all()
    assert has_maximum(torch.from_numpy(wins), torch.from_numpy(ties)).tolist() == exists.tolist()
    found = davidson_many(wins, ties)
    other = davidson_many(torch.from_numpy(wins), torch.from_numpy(ties)).numpy()
    assert np.isnan(other).tolist() == np.isnan(found).tolist()
    assert other == pytest.approx(found, abs=1e-9, nan_ok=True)


# 0 -> 1 -> 2 and 3 alone; then the circle closed.
def test_paths_are_found_in_both_libraries() -> None:
    edges = np.zeros((2, 4, 4), np.bool_)
    edges[:, [0, 1], [1, 2]] = True
    edges[1, [2, 3], [3, 0]] = True
    expected = np.eye(4, dtype=np.bool_)
    expected[[0, 0, 1], [1, 2, 2]] = True
    assert reachable(edges)[0].tolist() == expected.tolist()
    assert all_reach_all(edges).tolist() == [False, True]
    assert all_reach_all(torch.from_numpy(edges)).tolist() == [False, True]


@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.floats(0.0, 0.6))
def test_who_reaches_whom_and_what_leads_back_are_what_a_graph_library_finds(n: int, seed: int, dense: float) -> None:
    edges = np.random.default_rng(seed).random((3, n, n)) < dense
    edges[:, np.arange(n), np.arange(n)] = False
    graphs = [nx.from_numpy_array(table, create_using=nx.DiGraph) for table in edges]
    assert all_reach_all(edges).tolist() == [nx.is_strongly_connected(graph) for graph in graphs]
    assert has_cycle(edges).tolist() == [not nx.is_directed_acyclic_graph(graph) for graph in graphs]
    assert has_cycle(torch.from_numpy(edges)).tolist() == has_cycle(edges).tolist()
