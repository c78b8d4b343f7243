"""Bradley-Terry rankings of many tables of one size at once: what bradley_terry.py says of each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bradley_terry import HALF_WINS, NO_ORDER, ONE_ENTRY, ONE_LINE, strengths_of_many
from trustjudge_core.davidson_many import has_maximum
from trustjudge_core.never_compared import ranked_without
from trustjudge_core.ranking import FALLEN_APART, Ranking, RankingMethod, all_reach_all, made_many, reachable

_GAP: Final = 1.0  # between groups of a one-sided table: enough to keep their order, see bradley_terry.py


def bradley_terry_many(
    wins: NDArray[np.float64],
    ties: NDArray[np.float64],
    decided: NDArray[np.float64],
    method: RankingMethod = "bradley_terry",
) -> list[Ranking]:
    """A ranking of every table, (B, n, n) each; ``decided`` wins say what an order contradicts.

    Entries that nobody compared are left out.
    """
    present: NDArray[np.bool_] = np.any(wins + wins.transpose(0, 2, 1) + ties > 0, axis=2)
    return ranked_without(present, (wins, ties, decided), lambda w, t, d: _of_compared(w, t, d, method))


def _of_compared(
    wins: NDArray[np.float64], ties: NDArray[np.float64], decided: NDArray[np.float64], method: RankingMethod
) -> list[Ranking]:
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
    reach = reachable((wins + ties) > 0)
    turned = reach.transpose(0, 2, 1)
    group = np.argmax(reach & turned, axis=2)  # the first entry of everyone's group
    in_line: NDArray[np.bool_] = np.all(reach | turned, axis=(1, 2))
    whole = all_reach_all((wins + wins.transpose(0, 2, 1) + ties) > 0)
    order = np.full(wins.shape[:2], np.nan)
    some = np.flatnonzero(in_line)
    order[some] = _lines(wins[some], ties[some], group[some], (reach & ~turned)[some])
    apart = [NO_ORDER if one else FALLEN_APART for one in whole.tolist()]
    remarks = [ONE_LINE if line else other for line, other in zip(in_line.tolist(), apart, strict=True)]
    return list(zip(order, remarks, strict=True))


def _lines(
    wins: NDArray[np.float64], ties: NDArray[np.float64], group: NDArray[np.int64], above: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Orders of tables whose groups stand in one line, (B, n); ``above`` (B, n, n) says whose group is above whose."""
    inside = _inside(wins, ties, group)
    tables = np.arange(len(group))[:, None]
    top, bottom = np.full(group.shape, -np.inf), np.full(group.shape, np.inf)
    np.maximum.at(top, (tables, group), inside)
    np.minimum.at(bottom, (tables, group), inside)
    # Each group, counted at its first entry, pushes those below it down by its own span and a gap.
    span = np.where(np.isfinite(top), top - bottom + _GAP, 0.0)
    ceiling = -(span[:, None, :] @ above.astype(np.float64))[:, 0]
    return np.asarray(ceiling - top[tables, group] + inside, np.float64)


def _inside(wins: NDArray[np.float64], ties: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Strengths inside every group of every table, (B, n); groups of one size are fitted together."""
    inside = np.zeros(group.shape)
    sizes = (group[:, :, None] == np.arange(group.shape[1])).sum(axis=1)  # of the group that each entry is first of
    for size in np.unique(sizes[sizes > 1]).tolist():
        table, first = np.nonzero(sizes == size)
        members = np.nonzero(group[table] == first[:, None])[1].reshape(-1, size)
        rows, columns = members[:, :, None], members[:, None, :]
        own = (table[:, None, None], rows, columns)
        inside[table[:, None], members] = strengths_of_many(wins[own], ties[own])
    return inside
