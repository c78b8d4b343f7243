"""Bradley-Terry strengths with ties by Newton's method, for comparisons on which Newman's iteration does not settle.

Davidson 1970 (JASA 65, 317-328): i wins, j wins and tie have odds pi_i : pi_j : nu sqrt(pi_i pi_j), or
utilities x_i, x_j and (x_i + x_j)/2 + eta with x = ln pi and eta = ln nu. The log-likelihood is concave.

Why beside evalica: its `newman` updates all strengths at once and swings for ever between two points
where comparisons without ties link two sides only, such as two systems, or many against one
baseline (evalica 0.4.2: 3 wins to 1 gives equal strengths). choix has no ties.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components

# Without ties nu is 0, eta minus infinity; this is as good as that and still a number.
NO_TIES = -1e3


def davidson(wins: NDArray[np.float64], ties: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-strengths, mean 0, of a strongly connected set of comparisons, (n, n) and (n, n) -> (n,).

    ``wins[i, j]`` counts wins of i over j, ``ties`` is symmetric. Needs `ties_are_bounded`.
    """
    n = len(wins)
    if not wins.any():
        return np.zeros(n)
    some_ties = bool(ties.any())
    # Entry 0 is held at 0, because only differences matter; the last place is eta.
    free = slice(1, n + some_ties)

    def placed(x: NDArray[np.float64]) -> NDArray[np.float64]:
        full = np.zeros(n + 1)
        full[n] = NO_TIES
        full[free] = x
        return full

    def loss(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        return _loss(placed(x), wins, ties, free)

    def curvature(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return _curvature(placed(x), wins, ties)[free, free]

    start = np.zeros(n - 1 + some_ties)
    # The gradient is in comparisons: this leaves strengths exact to about ten digits.
    options = {"gtol": 1e-10 * max(1.0, float(wins.sum())), "maxiter": 500}
    fitted: Any = minimize(loss, start, jac=True, hess=curvature, method="trust-exact", options=options)
    strength = placed(fitted.x)[:n]
    centred: NDArray[np.float64] = strength - strength.mean()
    return centred


def _outcomes(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Utility of a tie, log of the total, P(row wins), P(tie), each (n, n)."""
    strength, eta = x[:-1], x[-1]
    tie = (strength[:, None] + strength[None, :]) / 2.0 + eta
    total = np.logaddexp(np.logaddexp(strength[:, None], strength[None, :]), tie)
    return tie, total, np.exp(strength[:, None] - total), np.exp(tie - total)


def _loss(
    x: NDArray[np.float64], wins: NDArray[np.float64], ties: NDArray[np.float64], free: slice
) -> tuple[float, NDArray[np.float64]]:
    """Negative log-likelihood and its gradient in the free places; every tie stands twice in ``ties``."""
    tie, total, p_win, p_tie = _outcomes(x)
    value = (wins * (total - x[:-1, None])).sum() + (ties * (total - tie)).sum() / 2.0
    compared = wins + wins.T + ties
    points = compared * (p_win + p_tie / 2.0) - wins - ties / 2.0
    eta = ((compared * p_tie - ties) / 2.0).sum()
    return float(value), np.append(points.sum(axis=1), eta)[free]


def _curvature(x: NDArray[np.float64], wins: NDArray[np.float64], ties: NDArray[np.float64]) -> NDArray[np.float64]:
    """Second derivatives of the negative log-likelihood, (n+1, n+1)."""
    n = len(wins)
    _, _, p_win, p_tie = _outcomes(x)
    compared = wins + wins.T + ties
    share = p_win + p_tie / 2.0  # expected points of the row entry; the column entry gets 1 - share
    spread = compared * (p_win + p_tie / 4.0 - share**2)
    found = np.zeros((n + 1, n + 1))
    found[:n, :n] = np.diag(spread.sum(axis=1)) - spread
    found[:n, n] = found[n, :n] = (compared * p_tie * (0.5 - share)).sum(axis=1)
    found[n, n] = (compared * p_tie * (1.0 - p_tie)).sum() / 2.0
    return found


def ties_are_bounded(wins: NDArray[np.float64], ties: NDArray[np.float64]) -> bool:
    """Whether a strongly connected set of comparisons has a finite maximum, (n, n) and (n, n) -> bool.

    There is none if numbers exist with every winner at least 1 above its loser and every tie at
    most 1 apart: stretching them, eta with them, then explains everything ever better. Such numbers are a
    system of difference constraints, solved by Bellman and Ford's relaxation.
    """
    if not ties.any():
        return True
    n = len(wins)
    if connected_components(wins > 0, connection="strong")[0] < n:
        return True  # a cycle of wins allows no such numbers
    # x[j] <= x[i] + bound[i, j]
    bound = np.where(wins > 0, -1.0, np.where(ties > 0, 1.0, np.inf))
    x = np.zeros(n)
    for _ in range(n):
        lowered = np.minimum(x, (x[:, None] + bound).min(axis=0))
        if (lowered == x).all():
            return False
        x = lowered
    return True
