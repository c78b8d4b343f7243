"""Inconsistent triples and subsets, against the definitions and plain enumeration."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.relation_examples import (
    Matrix,
    brute_force_subsets,
    explained,
    kind_of,
    known,
    matrix_of,
    published_type,
    relation_matrices,
)
from trustjudge_core.inconsistencies import (
    KINDS,
    REFERENCE_TYPES,
    count_triples,
    inconsistent_triples,
    pair_members,
    score_conflicts,
    triple_flags,
    triple_members,
)
from trustjudge_core.records import UNKNOWN

PATTERNS = ["".join(p) for p in product("<=>", repeat=3)]  # (i,j), (j,k), (i,k)


def of_pattern(pattern: str) -> Matrix:
    """Three responses with these relations (i,j), (j,k), (i,k)."""
    ij, jk, ik = pattern
    return matrix_of(f"{ij}{ik} {jk}")


# 3 responses have 13 weak orders, so 13 of the 27 patterns are explained by one. Of the other 14:
# A cycle has 2 directions. A broken chain is one of the 3! orders of A>B>C with A=C. A contradicted tie
# picks the pair that decides (3) and its winner (2).
def test_fourteen_of_27_patterns_are_inconsistent_in_kinds_of_2_6_and_6() -> None:
    found: Counter[str] = Counter()
    for pattern in PATTERNS:
        counted = count_triples(of_pattern(pattern))
        assert counted.known == 1
        assert counted.inconsistent == (not explained(tuple("<=>".index(s) - 1 for s in pattern)))
        found.update({kind: getattr(counted, kind) for kind in KINDS})
    assert found == {"strict_cycle": 2, "broken_chain": 6, "contradicted_tie": 6}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_the_kind_and_the_published_type_of_its_definition(pattern: str) -> None:
    matrix = of_pattern(pattern)
    flags, seen = triple_flags(matrix[None])
    assert seen.tolist() == [[True]]
    bits = int(flags[0, 0])
    assert [kind for n, kind in enumerate(KINDS) if bits >> n & 1] == [k for k in [kind_of(matrix, (0, 1, 2))] if k]
    assert [name for n, name in enumerate(REFERENCE_TYPES, 3) if bits >> n & 1] == [
        t for t in [published_type(matrix, (0, 1, 2))] if t
    ]


def test_cycle_of_three_is_one_strict_cycle() -> None:
    counted = count_triples(matrix_of("<> <"))  # 1>0, 2>1, 0>2
    assert (counted.known, counted.strict_cycle, counted.broken_chain, counted.contradicted_tie) == (1, 1, 0, 0)


@given(relation_matrices(3, 8))
def test_triples_by_matrix_products_are_what_enumeration_finds_also_with_unknown_relations(matrix: Matrix) -> None:
    counted = count_triples(matrix)
    subsets, violations, kinds, _ = brute_force_subsets(matrix, 3)
    assert (counted.known, counted.inconsistent) == (subsets, violations)
    assert {kind: getattr(counted, kind) for kind in KINDS} == {kind: kinds[kind] for kind in KINDS}


def test_all_unknown_is_nothing_known() -> None:
    assert count_triples(np.full((6, 6), UNKNOWN, np.int8)).known == 0


@given(relation_matrices(3, 7))
def test_list_of_triples_is_what_enumeration_finds(matrix: Matrix) -> None:
    found = inconsistent_triples(matrix)
    listed = {
        (int(i), int(j), int(k)): KINDS[int(kind)]
        for i, j, k, kind in zip(found.i, found.j, found.k, found.kind, strict=True)
    }
    expected = {t: kind_of(matrix, t) for t in combinations(range(len(matrix)), 3) if known(matrix, t)}
    assert listed == {t: kind for t, kind in expected.items() if kind}


def test_place_of_a_pair_follows_from_its_members() -> None:
    i, j = pair_members(6)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == sorted(combinations(range(6), 2), key=lambda p: p[::-1])
    assert (j * (j - 1) // 2 + i).tolist() == list(range(15))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 6])
def test_members_are_all_triples_in_colexicographic_order(n: int) -> None:
    i, j, k = triple_members(n)
    assert list(zip(i.tolist(), j.tolist(), k.tolist(), strict=True)) == sorted(
        combinations(range(n), 3), key=lambda t: t[::-1]
    )


# Rows: score sign, relation -> kind of conflict.
CONFLICTS = {
    (1, 1): None,
    (1, 0): "comparison_tie",
    (1, -1): "reversal",
    (0, 1): "score_tie",
    (0, 0): None,
    (0, -1): "score_tie",
    (-1, 1): "reversal",
    (-1, 0): "comparison_tie",
    (-1, -1): None,
}


def test_conflicts_of_all_nine_combinations() -> None:
    score, relation = (np.array(side, np.int8) for side in zip(*CONFLICTS, strict=True))
    found = score_conflicts(score, relation)
    assert found.known.all()
    assert found.conflict.tolist() == [kind is not None for kind in CONFLICTS.values()]
    for kind in ("reversal", "score_tie", "comparison_tie"):
        assert getattr(found, kind).tolist() == [kind == expected for expected in CONFLICTS.values()]


def test_a_pair_with_an_unknown_side_is_no_conflict_and_not_counted() -> None:
    found = score_conflicts(np.array([UNKNOWN, 1, UNKNOWN], np.int8), np.array([1, UNKNOWN, UNKNOWN], np.int8))
    assert not found.known.any()
    assert not found.conflict.any()


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_two_hundred_responses_are_counted_exactly(seed: int) -> None:
    # Every triple of a full order with one tie group is consistent; turning the single relation of two
    # neighbours in a strict order around breaks no triple, turning first against last breaks all n - 2.
    n = 200
    place = np.random.default_rng(seed).permutation(n)
    matrix = np.sign(place[:, None] - place[None, :]).astype(np.int8)
    top, bottom = int(np.argmax(place)), int(np.argmin(place))
    matrix[top, bottom], matrix[bottom, top] = -1, 1
    counted = count_triples(matrix)
    assert counted.known == n * (n - 1) * (n - 2) // 6
    assert (counted.strict_cycle, counted.inconsistent) == (n - 2, n - 2)
