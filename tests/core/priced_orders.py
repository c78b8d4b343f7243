"""Random prices of orders, and the least price by looking at every weak order."""

from __future__ import annotations

import numpy as np

from tests.core.relation_examples import weak_orders

LEVELS = {n: [tuple(max(order) - a for a in order) for order in weak_orders(n)] for n in (2, 3, 4, 5, 6)}
Prices = tuple[np.ndarray, np.ndarray]


def prices(n: int, seed: int, half_steps: bool = True) -> Prices:
    """Random prices, in half steps if wanted."""
    rng = np.random.default_rng(seed)
    above, half = rng.uniform(0, 3, (n, n)), np.triu(rng.uniform(0, 3, (n, n)), 1)
    if half_steps:
        above, half = np.round(2 * above) / 2, np.round(2 * half) / 2
    np.fill_diagonal(above, 0.0)
    return above, half + half.T


def plainly(levels: tuple[int, ...], above: np.ndarray, tied: np.ndarray) -> float:
    """Price of an order pair by pair."""
    total = 0.0
    for i in range(len(levels)):
        for j in range(i + 1, len(levels)):
            a, b = levels[i], levels[j]
            total += tied[i, j] if a == b else above[i, j] if a < b else above[j, i]
    return float(total)


def least(above: np.ndarray, tied: np.ndarray) -> float:
    """Least price of all weak orders."""
    return min(plainly(levels, above, tied) for levels in LEVELS[len(above)])
