"""The fewest relations to change until a question is an order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN

MOST_EXACT = 10
"""Fewest edits are searched exactly up to this many responses (3^n steps)."""


def fewest_edits(relations: NDArray[np.int8]) -> NDArray[np.int64]:
    """Fewest relations to change until each question is a weak order, (B, n, n) -> (B,), exact for n <= 10.

    Dynamic programming over ordered partitions: best(S) = min over the top tie group T of S of
    cost(T tied inside) + cost(T above S - T) + best(S - T). Unknown relations cost nothing.
    All questions of a block share the walk over the 3^n (S, T) pairs.
    """
    questions, n, _ = relations.shape
    if n > MOST_EXACT:
        raise ValueError(f"{n} responses; exact up to {MOST_EXACT}")
    known = relations != UNKNOWN
    not_tied = (known & (relations != 0)).astype(np.int16)
    not_above = (known & (relations != 1)).astype(np.int16)  # [q, i, j]: cost of placing i above j
    members = [[b for b in range(n) if s >> b & 1] for s in range(1 << n)]
    inside = np.zeros((1 << n, questions), np.int16)
    above = np.zeros((n, 1 << n, questions), np.int16)  # cost of i above every member of a set
    for s in range(1, 1 << n):
        low = members[s][0]
        rest = s & (s - 1)
        above[:, s] = above[:, rest] + not_above[:, :, low].T
        inside[s] = inside[rest]
        for b in members[rest]:
            inside[s] += not_tied[:, low, b]
    best = np.zeros((1 << n, questions), np.int16)
    for s in range(1, 1 << n):
        least = np.full(questions, np.iinfo(np.int16).max, np.int16)
        top = s
        while top:
            rest = s ^ top
            cost = inside[top] + best[rest]
            if rest:
                for b in members[top]:
                    cost = cost + above[b, rest]
            np.minimum(least, cost, out=least)
            top = (top - 1) & s
        best[s] = least
    least_edits: NDArray[np.int64] = best[-1].astype(np.int64)
    return least_edits
