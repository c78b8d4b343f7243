"""The cheapest weak order when every pair has a price for each way of placing it.

``above`` (n, n): price of placing i above j; ``tied`` (n, n), symmetric: price of placing them level. A
pair nobody compared has price 0 throughout. An order is given by levels (n,), 0 for the best,
counting up without a gap.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_EXACT: Final = 10
"""Orders are searched exhaustively up to this many responses: 3^n partitions."""


def by_partitions(above: NDArray[np.float64], tied: NDArray[np.float64]) -> NDArray[np.int64]:
    """Levels of a cheapest weak order of each of B tables of prices, (B, n, n), (B, n, n) -> (B, n), exactly.

    Dynamic programming over ordered partitions for n <= 10: best(S) = min over the top group T of S of
    price(T level) + price(T above S - T) + best(S - T). All B share the walk over the sets S; the
    tops T of one S are laid out side by side.
    """
    tables, n, _ = above.shape
    if n > MOST_EXACT:
        raise ValueError(f"{n} responses; exact up to {MOST_EXACT}")
    sets = 1 << n
    over = np.zeros((n, sets, tables))  # i above every member of a set
    level = np.zeros((sets, tables))  # a set level with itself
    for s in range(1, sets):
        low, rest = (s & -s).bit_length() - 1, s & (s - 1)
        over[:, s] = over[:, rest] + above[:, :, low].T
        level[s] = level[rest]
        for b in _members(rest):
            level[s] += tied[:, low, b]
    best = np.zeros((sets, tables))
    top_of = np.zeros((sets, tables), np.int64)
    for s in range(1, sets):
        tops = np.zeros(1, np.int64)
        for b in _members(s):
            tops = np.concatenate([tops, tops | (1 << b)])
        tops = tops[1:]
        below = s ^ tops
        price = level[tops] + best[below]
        for b in _members(s):
            inside = np.flatnonzero(tops >> b & 1)
            price[inside] += over[b, below[inside]]
        chosen = np.argmin(price, axis=0)
        top_of[s] = tops[chosen]
        best[s] = price[chosen, np.arange(tables)]
    return _levels_of(top_of, n)


def _members(s: int) -> list[int]:
    return [b for b in range(s.bit_length()) if s >> b & 1]


def _levels_of(top_of: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Walk from the whole set to the empty one along the chosen top groups, (2^n, B) -> (B, n)."""
    tables = top_of.shape[1]
    levels = np.zeros((tables, n), np.int64)
    left = np.full(tables, (1 << n) - 1)
    for number in range(n):
        top = np.where(left > 0, top_of[left, np.arange(tables)], 0)
        for b in range(n):
            levels[(top >> b & 1) == 1, b] = number
        left = left ^ top
    return levels


def price_of(levels: NDArray[np.int64], above: NDArray[np.float64], tied: NDArray[np.float64]) -> float:
    """Price of a weak order, (n,), (n, n), (n, n) -> float."""
    placed = levels[:, None] < levels[None, :]
    level = np.triu(levels[:, None] == levels[None, :], 1)
    return float(above[placed].sum() + tied[level].sum())


def by_moves(above: NDArray[np.float64], tied: NDArray[np.float64], starts: int) -> NDArray[np.int64]:
    """Levels of a cheap weak order, (n, n), (n, n) -> (n,): no single move of one response makes it cheaper.

    Starts from the order of net advantage, strict and with equal ones level, from all level, and from random
    ones (seeded, so the same prices give the same order); the best end is kept. An upper bound only.
    """
    n = len(above)
    rng = np.random.default_rng(0)
    net = (above - above.T).sum(axis=1)
    first = [np.unique(net, return_inverse=True)[1], np.argsort(np.argsort(net, kind="stable")), np.zeros(n, np.int64)]
    first += [rng.permutation(n) for _ in range(starts - len(first))]
    ends = [_descend(start.astype(np.int64), above, tied) for start in first[:starts]]
    return min(ends, key=lambda levels: price_of(levels, above, tied))


def _descend(levels: NDArray[np.int64], above: NDArray[np.float64], tied: NDArray[np.float64]) -> NDArray[np.int64]:
    """Move one response at a time to its cheapest place, between levels or onto one, until nothing gets cheaper."""
    n = len(levels)
    improved = True
    while improved:
        improved = False
        for i in range(n):
            # Places are 2 level + 1 on a level and even numbers between levels; others lie on odd ones.
            place = 2 * levels + 1
            others = np.arange(n) != i
            sizes = 2 * n + 3
            beneath = np.bincount(place[others], above[others, i], sizes)  # others above i, by place
            over = np.bincount(place[others], above[i, others], sizes)
            level = np.bincount(place[others], tied[i, others], sizes)
            price = np.cumsum(beneath) - beneath + (over.sum() - np.cumsum(over)) + level
            best = int(np.argmin(price))
            if price[best] < price[place[i]] - 1e-9:
                moved = place.astype(np.int64)
                moved[i] = best
                levels = np.unique(moved, return_inverse=True)[1].astype(np.int64)
                improved = True
    return levels
