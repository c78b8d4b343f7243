"""Kemeny orders: the order that the fewest comparisons speak against.

An order pays 1 for every comparison won by whom it ranks lower and 1/2 for every win it levels (Kemeny's distance; with
p = 1/2 in Fagin, Kumar, Mahdian, Sivakumar and Vee 2006). Ties speak for nobody. Neighbours that no win, on
balance, tells apart share a rank.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cheapest_orders import CheapestOrders, SolverClock, cheapest_orders
from trustjudge_core.never_compared import spread_and_said
from trustjudge_core.ranking import FALLEN_APART, Ranking, falls_apart, made
from trustjudge_core.weak_orders import MOST_EXACT, by_moves

MOST_RESAMPLED: Final = 30
"""Larger Kemeny orders get no interval: resampling them takes too long."""

RESAMPLES: Final = 200


def prices(wins: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What comparisons charge for i above j and for i level with j, (..., n, n) each."""
    turned = np.swapaxes(wins, -1, -2)
    return turned, (wins + turned) / 2.0


def kemeny(wins: NDArray[np.float64], ties: NDArray[np.float64], clock: SolverClock | None = None) -> Ranking:
    """Order with the fewest reversals, (n, n), (n, n) -> ranking; strength = entries below minus entries above.

    Exact up to 10 entries, above as far as the clock allows, with the gap. Where several orders have equally
    few reversals it is one of them.
    """
    above, tied = prices(wins)
    found = cheapest_orders(above[None], tied[None], clock or SolverClock())
    return ranking_of(found, 0, wins, ties)


def ranking_of(found: CheapestOrders, number: int, wins: NDArray[np.float64], ties: NDArray[np.float64]) -> Ranking:
    """One of many orders found together as a ranking of its table, (n, n), (n, n). Who was not compared is left out."""
    n, compared = len(wins), (wins + wins.T + ties) > 0
    if n < 2:
        return made("kemeny", np.full(n, np.nan), wins, "one entry cannot be compared")
    present = np.flatnonzero(compared.any(axis=1))
    within = np.ix_(present, present)
    if not len(present) or falls_apart(compared[within]):
        return made("kemeny", np.full(n, np.nan), wins, FALLEN_APART)
    gap = float(found.gap[number])
    remark = "" if gap < 1e-9 else f"not proven: some other order may have up to {gap:g} fewer reversals"
    levels = shared(np.unique(found.levels[number][present], return_inverse=True)[1], wins[within])
    ranking = made("kemeny", strengths(levels[None])[0], wins[within], remark)
    ranking = replace(ranking, reversals=float(found.price[number]), gap=gap)
    return ranking if len(present) == n else spread_and_said(ranking, present, n)


def shared(levels: NDArray[np.int64], wins: NDArray[np.float64]) -> NDArray[np.int64]:
    """Levels with neighbours merged that have as many wins over each other, (n,), (n, n) -> (n,). Costs no reversal."""
    number = levels.copy()
    for level in range(int(levels.max()), 0, -1):
        upper, lower = number == level - 1, number == level
        if wins[np.ix_(upper, lower)].sum() == wins[np.ix_(lower, upper)].sum():
            number[number >= level] -= 1
    return number


def strengths(levels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Entries below minus entries above, (B, n) -> (B, n)."""
    below = np.sign(levels[:, None, :] - levels[:, :, None])
    return np.asarray(below.sum(axis=2), np.float64)


def resampled(wins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Strengths of R resampled tables, (R, n, n) -> (R, n).

    Above 10 entries without the solver: moves nearly always end at a cheapest order but do not prove it.
    """
    above, tied = prices(wins)
    if wins.shape[1] <= MOST_EXACT:
        found = cheapest_orders(above, tied, SolverClock(0.0, 0.0)).levels
    else:
        found = np.stack([by_moves(a, t, starts=1) for a, t in zip(above, tied, strict=True)])
    return strengths(np.stack([shared(levels, table) for levels, table in zip(found, wins, strict=True)]))
