"""Cheapest weak orders of many questions: split into parts that cannot influence each other, then searched or solved.

Prices are those of weak_orders.py. Where every pair between two groups would rather have the one
group on top, an order of the whole is an order of either group. Parts of up to 10 responses are
searched exhaustively; larger ones get an upper bound by moves and a lower bound by linear and then
integer programs, within a time limit. What is left between the bounds is the gap, and it is said.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from trustjudge_core.inconsistencies import triple_members
from trustjudge_core.order_solver import Program
from trustjudge_core.settings import SOLVER_BUDGET, SOLVER_SECONDS
from trustjudge_core.weak_orders import MOST_EXACT, by_moves, by_partitions, price_of

LARGEST_PROGRAM: Final = 100
"""Larger parts get bounds by moves and by packing only: their programs would not fit any sensible time."""

_AT_ONCE: Final = 500
_SAME: Final = 1e-9
_MORE_STARTS: Final = 20


@dataclass(slots=True)
class SolverClock:
    """How long the solver may work: ``each`` seconds on one question, ``total`` on all that share the clock."""

    each: float = SOLVER_SECONDS
    total: float = SOLVER_BUDGET
    used: float = field(default=0.0, init=False)

    def left(self) -> float:
        """Seconds that the next question may take."""
        return max(0.0, min(self.each, self.total - self.used))


@dataclass(frozen=True, eq=False)
class CheapestOrders:
    """Orders of B questions: ``levels`` (B, n), their ``price`` (B,) and a proven lower ``bound`` (B,) of any price."""

    levels: NDArray[np.int64]
    price: NDArray[np.float64]
    bound: NDArray[np.float64]

    @property
    def gap(self) -> NDArray[np.float64]:
        """How far the price may be above the least, (B,); 0 = proven."""
        return np.maximum(0.0, self.price - self.bound)


@dataclass(slots=True)
class _Part:
    """Responses ``members`` of question ``question``, with the best order so far."""

    question: int
    members: NDArray[np.int64]
    above: NDArray[np.float64]
    tied: NDArray[np.float64]
    levels: NDArray[np.int64]
    price: float = 0.0
    bound: float = 0.0

    def offer(self, levels: NDArray[np.int64]) -> None:
        price = price_of(levels, self.above, self.tied)
        if price < self.price - _SAME:
            self.levels, self.price = levels, price

    @property
    def proven(self) -> bool:
        return self.price <= self.bound + _SAME


def cheapest_orders(above: NDArray[np.float64], tied: NDArray[np.float64], clock: SolverClock) -> CheapestOrders:
    """A cheapest weak order of each question, (B, n, n) and (B, n, n), as far as the clock allows."""
    questions, n, _ = above.shape
    parts_of = [_parts(above[q], tied[q]) for q in range(questions)]
    parts = [
        _Part(q, members, above[q][np.ix_(members, members)], tied[q][np.ix_(members, members)], np.zeros(1, np.int64))
        for q, found in enumerate(parts_of)
        for members in found
    ]
    _search([part for part in parts if len(part.members) <= MOST_EXACT])
    _solve([part for part in parts if len(part.members) > MOST_EXACT], clock)
    levels = np.zeros((questions, n), np.int64)
    slack = np.zeros(questions)
    next_level = np.zeros(questions, np.int64)
    for part in parts:  # of one question from the top down
        levels[part.question, part.members] = next_level[part.question] + part.levels
        next_level[part.question] += part.levels.max() + 1
        slack[part.question] += max(0.0, part.price - part.bound)
    price = np.array([price_of(levels[q], above[q], tied[q]) for q in range(questions)])
    return CheapestOrders(levels, price, price - slack)


def _parts(above: NDArray[np.float64], tied: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Groups of responses from the top down between which every pair has its cheapest place, (n, n) -> arrays.

    The strongly connected components of "j above i is not plainly worst": an edge from j to i
    where placing i above j costs more than some other place.
    """
    least = np.minimum(np.minimum(above, above.T), tied)
    holds = (above > least + _SAME).T
    np.fill_diagonal(holds, False)
    count, label = connected_components(holds, directed=True, connection="strong")
    if count == 1:
        return [np.arange(len(above))]
    between = np.zeros((count, count), np.bool_)
    i, j = np.nonzero(holds)
    between[label[i], label[j]] = True
    np.fill_diagonal(between, False)
    order: list[int] = []
    waiting = between.sum(axis=0)
    free = [int(c) for c in np.flatnonzero(waiting == 0)]
    while free:
        top = free.pop()
        order.append(top)
        for under in np.flatnonzero(between[top]):
            waiting[under] -= 1
            if not waiting[under]:
                free.append(int(under))
    return [np.flatnonzero(label == c) for c in order]


def _search(parts: list[_Part]) -> None:
    """Order small parts exhaustively, those of one size together."""
    for size in sorted({len(part.members) for part in parts}):
        same = [part for part in parts if len(part.members) == size]
        for start in range(0, len(same), _AT_ONCE):
            some = same[start : start + _AT_ONCE]
            found = by_partitions(np.stack([p.above for p in some]), np.stack([p.tied for p in some]))
            for part, levels in zip(some, found, strict=True):
                part.levels = levels
                part.price = part.bound = price_of(levels, part.above, part.tied)


def _solve(parts: list[_Part], clock: SolverClock) -> None:
    """Bound large parts from both sides: all of them quickly, then linear programs, then integer ones."""
    for part in parts:
        part.price, part.bound = np.inf, packing_bound(part.above, part.tied)
        part.offer(by_moves(part.above, part.tied, starts=3))
    programs: dict[int, Program] = {}
    for whole in (False, True):
        # The smallest and nearly proven ones first: there the time goes furthest.
        for part in sorted(parts, key=lambda p: (p.price - p.bound if whole else 0.0, len(p.members))):
            if not part.proven and len(part.members) <= LARGEST_PROGRAM and clock.left():
                programs.setdefault(id(part), Program(part.above, part.tied))
                start = time.monotonic()
                _tighten(part, programs[id(part)], whole, start + clock.left())
                clock.used += time.monotonic() - start


def _tighten(part: _Part, program: Program, whole: bool, deadline: float) -> None:
    """Raise the lower bound until it meets the price, nothing is broken any more, or the time is over."""
    step = _step(part.above, part.tied)
    if whole:
        part.offer(by_moves(part.above, part.tied, starts=_MORE_STARTS))
    while not part.proven and time.monotonic() < deadline:
        x, bound = program.solve(whole, deadline - time.monotonic())
        if step:
            bound = np.ceil(bound / step - 1e-6) * step
        part.bound = min(part.price, max(part.bound, bound))
        if x is None:
            return
        # Who stands at least as high as more others comes first.
        part.offer(np.unique(-np.round(x.sum(axis=1), 6), return_inverse=True)[1].astype(np.int64))
        if not program.add_broken(x):
            return


def _step(above: NDArray[np.float64], tied: NDArray[np.float64]) -> float:
    """What every possible price is a multiple of: 1, 1/2, or 0 for nothing in particular."""
    for step in (1.0, 0.5):
        if all(np.abs(np.round(price / step) * step - price).max() < _SAME for price in (above, tied)):
            return step
    return 0.0


def packing_bound(above: NDArray[np.float64], tied: NDArray[np.float64]) -> float:
    """A price that no order can undercut, (n, n), (n, n) -> float: quick and loose.

    Every pair costs at least its cheapest place, every triple at least its cheapest of 13 orders;
    triples without a common pair add up. Of large questions only triples within groups of 100 are looked at.
    """
    least = np.minimum(np.minimum(above, above.T), tied)
    total = float(least[np.triu_indices(len(above), 1)].sum())
    for start in range(0, len(above), LARGEST_PROGRAM):
        own = slice(start, start + LARGEST_PROGRAM)
        total += _packed(above[own, own], tied[own, own], least[own, own])
    return total


def _packed(above: NDArray[np.float64], tied: NDArray[np.float64], least: NDArray[np.float64]) -> float:
    """What triples without a common pair cost beyond their pairs, the dearest taken first."""
    i, j, k = triple_members(len(above))
    cheapest = np.full(len(i), np.inf)
    for a, b, c in product(range(3), repeat=3):
        price = np.zeros(len(i))
        for x, y, p, q in ((i, j, a, b), (i, k, a, c), (j, k, b, c)):
            price += tied[x, y] if p == q else above[x, y] if p < q else above[y, x]
        cheapest = np.minimum(cheapest, price)
    extra = cheapest - least[i, j] - least[i, k] - least[j, k]
    taken = np.zeros(above.shape, np.bool_)
    total = 0.0
    for t in np.argsort(-extra, kind="stable")[: int((extra > _SAME).sum())].tolist():
        a, b, c = int(i[t]), int(j[t]), int(k[t])
        if not (taken[a, b] or taken[a, c] or taken[b, c]):
            taken[a, b] = taken[a, c] = taken[b, c] = True
            total += float(extra[t])
    return total
