"""Cheapest weak orders by integer programming, with a bound on how much cheaper any other could be.

Variables x[i, j] in {0, 1}: i stands at least as high as j. One of x[i, j], x[j, i] always holds, and x[i, j] and
x[j, k] imply x[i, k]: these describe exactly the weak orders (Gurgel and Wakabayashi 1997). The
price of a pair is linear in its two variables. There are n (n - 1)(n - 2) triangle conditions, of
which few matter, so they are added as they are broken. SciPy's HiGHS solves each stage.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

_MOST_ADDED: Final = 2000
_BROKEN: Final = 1e-6
_ROUNDING: Final = 1e-6


class Program:
    """The linear program of one table of prices with the conditions added so far."""

    def __init__(self, above: NDArray[np.float64], tied: NDArray[np.float64]) -> None:
        self.n = len(above)
        off = ~np.eye(self.n, dtype=np.bool_)
        self.i, self.j = np.nonzero(off)
        self.number = np.zeros((self.n, self.n), np.int64)
        self.number[off] = np.arange(len(self.i))
        # above[i, j] (1 - x[j, i]) + above[j, i] (1 - x[i, j]) + tied (x[i, j] + x[j, i] - 1)
        self.price = (tied - above.T)[off]
        self.constant = float(above[off].sum() - np.triu(tied, 1).sum())
        self.triangles = np.zeros((0, 3), np.int64)

    def solve(self, whole: bool, seconds: float) -> tuple[NDArray[np.float64] | None, float]:
        """x as a matrix (n, n) and a lower bound of the price; None where the time was too short for a point."""
        answer: Any = milp(
            self.price,
            integrality=np.full(len(self.price), int(whole)),
            bounds=Bounds(0, 1),
            constraints=self._conditions(),
            options={"time_limit": max(seconds, 0.05), "mip_rel_gap": 0.0},
        )
        bound = answer.fun if not whole and answer.status == 0 else answer.mip_dual_bound if whole else None
        least = -np.inf if bound is None else float(bound) + self.constant
        if answer.x is None:
            return None, least
        x = np.eye(self.n)
        x[self.i, self.j] = answer.x
        return x, least

    def _conditions(self) -> LinearConstraint:
        upper_i, upper_j = np.triu_indices(self.n, 1)
        pairs, triangles = len(upper_i), len(self.triangles)
        a, b, c = self.triangles.T
        rows = np.concatenate([np.tile(np.arange(pairs), 2), pairs + np.tile(np.arange(triangles), 3)])
        columns = np.concatenate(
            [
                *(self.number[upper_i, upper_j], self.number[upper_j, upper_i]),
                *(self.number[a, b], self.number[b, c], self.number[a, c]),
            ]
        )
        # x[i, j] + x[j, i] >= 1 and x[a, c] - x[a, b] - x[b, c] >= -1
        values = np.concatenate([np.ones(2 * pairs), -np.ones(2 * triangles), np.ones(triangles)])
        matrix = csr_array((values, (rows, columns)), shape=(pairs + triangles, len(self.price)))
        return LinearConstraint(matrix, np.concatenate([np.ones(pairs), -np.ones(triangles)]), np.inf)

    def add_broken(self, x: NDArray[np.float64]) -> int:
        """Add the triangle conditions that x breaks most; returns how many."""
        excess = x[:, :, None] + x[None, :, :] - x[:, None, :] - 1.0  # [i, j, k]
        worst = np.flatnonzero(excess.ravel() > _BROKEN)
        if len(worst) > _MOST_ADDED:
            worst = worst[np.argsort(-excess.ravel()[worst], kind="stable")[:_MOST_ADDED]]
        found = np.stack(np.unravel_index(worst, excess.shape), axis=1)
        found = found[(found[:, 0] != found[:, 1]) & (found[:, 1] != found[:, 2]) & (found[:, 0] != found[:, 2])]
        self.triangles = np.concatenate([self.triangles, found])
        return len(found)
