"""Bradley-Terry rankings of many tables of one size at once: what bradley_terry.py says of each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bradley_terry import HALF_WINS, NO_ORDER, ONE_ENTRY, ONE_LINE, strengths_of_many
from trustjudge_core.davidson_many import has_maximum
from trustjudge_core.ranking import FALLEN_APART, Ranking, RankingMethod, all_reach_all, made_many, reachable

_GAP: Final = 1.0  # between groups of a one-sided table: enough to keep their order, see bradley_terry.py


def bradley_terry_many(
    wins: NDArray[np.float64],
    ties: NDArray[np.float64],
    decided: NDArray[np.float64],
    method: RankingMethod = "bradley_terry",
) -> list[Ranking]:
    """A ranking of every table, (B, n, n) each; ``decided`` wins say what an order contradicts."""
    tables, n, _ = wins.shape
    if n < 2:
        return made_many(method, np.full((tables, n), np.nan), decided, [ONE_ENTRY] * tables)
    strength = strengths_of_many(wins, ties)
    finite: NDArray[np.bool_] = np.all(np.isfinite(strength), axis=1)
    halved = ~has_maximum(wins, ties)
    remarks = [HALF_WINS if half else "" for half in halved.tolist()]
    one_sided = np.flatnonzero(~finite)
    for b, (order, remark) in zip(one_sided.tolist(), _one_sided(wins[one_sided], ties[one_sided]), strict=True):
        strength[b], remarks[b] = order, remark
    found = made_many(method, strength, decided, remarks)
    for b in one_sided.tolist():  # the order says who stands where, but its numbers are no strengths
        found[b] = replace(found[b], strength=found[b].low)
    return found


def _one_sided(wins: NDArray[np.float64], ties: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], str]]:
    """An order (n,) of every table without finite strengths, NaN where there is none, and the remark that says why.

    Entries that reach each other form a group. If of any two groups one reaches the other, they stand in
    one line; inside a group its own comparisons decide.
    """
    tables, n, _ = wins.shape
    reach = reachable((wins + ties) > 0)
    turned = reach.transpose(0, 2, 1)
    group = np.argmax(reach & turned, axis=2)  # the first entry of everyone's group
    in_line: NDArray[np.bool_] = np.all(reach | turned, axis=(1, 2))
    whole = all_reach_all((wins + wins.transpose(0, 2, 1) + ties) > 0)
    inside = _inside(wins, ties, group, np.flatnonzero(in_line))
    found = []
    for b in range(tables):
        if not in_line[b]:
            found.append((np.full(n, np.nan), NO_ORDER if whole[b] else FALLEN_APART))
            continue
        above = (reach[b] & ~turned[b]).sum(axis=0)  # entries that reach this one and are not reached back
        order, ceiling = np.empty(n), 0.0
        for first in sorted(set(group[b].tolist()), key=lambda entry: int(above[entry])):
            members = group[b] == first
            order[members] = ceiling - inside[b, members].max() + inside[b, members]
            ceiling = float(order[members].min()) - _GAP
        found.append((order, ONE_LINE))
    return found


def _inside(
    wins: NDArray[np.float64], ties: NDArray[np.float64], group: NDArray[np.int64], tables: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Strengths inside every group of some tables, (B, n); groups of one size are fitted together."""
    inside = np.zeros(group.shape)
    by_size: dict[int, list[tuple[int, NDArray[np.int64]]]] = {}
    for b in tables.tolist():
        for first, size in zip(*np.unique(group[b], return_counts=True), strict=True):
            if size > 1:
                by_size.setdefault(int(size), []).append((b, np.flatnonzero(group[b] == first)))
    for groups in by_size.values():
        table = np.array([b for b, _ in groups])
        members = np.stack([entries for _, entries in groups])
        rows, columns = members[:, :, None], members[:, None, :]
        own = (table[:, None, None], rows, columns)
        inside[table[:, None], members] = strengths_of_many(wins[own], ties[own])
    return inside
