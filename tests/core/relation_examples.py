"""Relation matrices for tests: hypothesis strategies, all weak orders, and inconsistent triples by brute force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, permutations, product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN

Matrix = NDArray[np.int8]
Counts = NDArray[np.float64]


def no_ties(n: int) -> Counts:
    """A tie table without ties."""
    return np.zeros((n, n))


def win_table(entries: dict[tuple[int, int], float], n: int) -> Counts:
    """Wins [winner, loser]."""
    wins = np.zeros((n, n))
    for (winner, loser), count in entries.items():
        wins[winner, loser] = count
    return wins


def matrix_of(text: str) -> Matrix:
    """Relations from rows of the upper triangle: ``"<=? >? >"`` is 0<1, 0=2, 0?3, 1>2, 1?3, 2>3."""
    rows = text.split()
    n = len(rows) + 1
    matrix = np.zeros((n, n), np.int8)
    for i, row in enumerate(rows):
        for j, sign in zip(range(i + 1, n), row, strict=True):
            value = {"<": -1, "=": 0, ">": 1, "?": UNKNOWN}[sign]
            matrix[i, j], matrix[j, i] = value, value if value == UNKNOWN else -value
    return matrix


def relation_matrices(low: int, high: int, unknown: bool = True) -> st.SearchStrategy[Matrix]:
    """Antisymmetric matrices of low to high responses, with unknown entries if wanted."""

    def build(n: int) -> st.SearchStrategy[Matrix]:
        signs = st.sampled_from("<=>?" if unknown else "<=>")
        flat = st.lists(signs, min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2)

        def rows(flat: list[str]) -> Matrix:
            found, start = [], 0
            for i in range(n - 1):
                found.append("".join(flat[start : start + n - 1 - i]))
                start += n - 1 - i
            return matrix_of(" ".join(found))

        return flat.map(rows)

    return st.integers(low, high).flatmap(build)


def weak_orders(n: int) -> Iterator[tuple[int, ...]]:
    """Levels of every weak order on n responses, larger is better, each order once."""
    for levels in product(range(n), repeat=n):
        if set(levels) == set(range(max(levels) + 1)):
            yield levels


def sign(x: float) -> int:
    """-1, 0 or 1."""
    return (x > 0) - (x < 0)


def explained(pattern: tuple[int, int, int]) -> bool:
    """Whether some weak order has these relations (i,j), (j,k), (i,k)."""
    return any((sign(a - b), sign(b - c), sign(a - c)) == pattern for a, b, c in product(range(3), repeat=3))


def kind_of(matrix: Matrix, triple: tuple[int, int, int]) -> str | None:
    """Kind of a triple in words; None where a weak order explains it."""
    for a, b, c in permutations(triple):
        ab, bc, ac = int(matrix[a, b]), int(matrix[b, c]), int(matrix[a, c])
        if (ab, bc, ac) == (1, 1, -1):
            return "strict_cycle"
        if (ab, bc, ac) == (1, 1, 0):
            return "broken_chain"
        if (ab, bc, ac) == (0, 0, 1):
            return "contradicted_tie"
    return None


def known(matrix: Matrix, members: tuple[int, ...]) -> bool:
    """Whether every pair of the members has a relation."""
    return all(matrix[a, b] != UNKNOWN for a, b in combinations(members, 2))


CIRCLE = frozenset({">><", ">=<", "=><", "=<>", "<=>", "<<>"})
EQUAL = frozenset({">>=", ">==", "=>=", "==>", "==<", "=<=", "<==", "<<="})


def published_type(matrix: Matrix, triple: tuple[int, int, int]) -> str | None:
    """The published, numbering-dependent type of a triple i<j<k."""
    i, j, k = triple
    pattern = "".join("<=>"[int(matrix[a, b]) + 1] for a, b in ((i, j), (j, k), (i, k)))
    return "circle" if pattern in CIRCLE else "equal" if pattern in EQUAL else None


def brute_force_subsets(matrix: Matrix, k: int) -> tuple[int, int, Counter[str], Counter[str]]:
    """Known k-subsets, violating ones, and how many hold each kind and each published type."""
    subsets = violations = 0
    kinds: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for members in combinations(range(len(matrix)), k):
        if not known(matrix, members):
            continue
        subsets += 1
        triples = list(combinations(members, 3))
        inside = {kind for kind in (kind_of(matrix, t) for t in triples) if kind}
        violations += bool(inside)
        kinds.update(inside)
        types.update({name for name in (published_type(matrix, t) for t in triples) if name})
    return subsets, violations, kinds, types
