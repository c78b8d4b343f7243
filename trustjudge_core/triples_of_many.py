"""Triples of many questions by kind, as products of stacked matrices: one source for NumPy and for torch on a GPU.

The array library follows from the argument (array API standard, https://data-apis.org/array-api),
so nothing here imports one.
"""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace


def triples_of_many(relations: Any) -> Any:
    """Known triples, strict cycles, broken chains and contradicted ties of every question, (Q, n, n) -> (4, Q) int64.

    Relations are 1, 0, -1 or anything else for unknown, antisymmetric. With A = wins and E = ties as 0/1 matrices:
    strict cycles = tr(A^3)/3, broken chains = sum E*(A A), contradicted ties = sum A*(E E), known triples =
    tr(K^3)/6. Each asks for all three relations, so unknown ones drop out by themselves. Entries of one
    product stay below 2^24, so float32 matrix products are exact; sums are taken in float64.
    """
    xp = array_namespace(relations)
    n = relations.shape[-1]
    wins = xp.astype(relations == 1, xp.float32)
    apart = 1.0 - xp.eye(n, dtype=xp.float32, device=relations.device)
    ties = xp.astype(relations == 0, xp.float32) * apart
    losses = xp.matrix_transpose(wins)
    known = wins + losses + ties
    two_wins = wins @ wins

    def total(mask: Any, paths: Any) -> Any:
        return xp.sum(xp.astype(mask * paths, xp.float64), axis=(-2, -1))

    counts = xp.stack(
        [
            total(known, known @ known) / 6.0,
            total(losses, two_wins) / 3.0,
            total(ties, two_wins),
            total(wins, ties @ ties),
        ]
    )
    return xp.astype(xp.round(counts), xp.int64)
