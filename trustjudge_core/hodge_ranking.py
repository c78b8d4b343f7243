"""HodgeRank: the strengths whose differences come closest to the logits of the preferences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.never_compared import ranked_without
from trustjudge_core.ranking import FALLEN_APART, Ranking, all_reach_all, made_many


def hodge_rank(flow: NDArray[np.float64], compared: NDArray[np.float64], wins: NDArray[np.float64]) -> Ranking:
    """Order by least squares on logits (Jiang, Lim, Yao and Ye 2011), (n, n) each -> ranking in log-odds, mean 0.

    ``flow`` sums the logits of the comparisons of i with j, ``compared`` counts them, ``wins`` say what the order
    contradicts. Unlike Bradley-Terry it is finite for one-sided comparisons: the logit of each is kept finite.
    """
    return hodge_rank_many(flow[None], compared[None], wins[None])[0]


def hodge_rank_many(
    flow: NDArray[np.float64], compared: NDArray[np.float64], wins: NDArray[np.float64]
) -> list[Ranking]:
    """`hodge_rank` of many tables of one size, (B, n, n) each. Entries that nobody compared are left out."""
    present: NDArray[np.bool_] = np.any(compared > 0, axis=2)
    return ranked_without(present, (flow, compared, wins), _of_compared)


def _of_compared(flow: NDArray[np.float64], compared: NDArray[np.float64], wins: NDArray[np.float64]) -> list[Ranking]:
    tables, n, _ = flow.shape
    if n < 2:
        return made_many("hodge_rank", np.full((tables, n), np.nan), wins, ["one entry cannot be compared"] * tables)
    found = strengths(flow, compared)
    remarks = [FALLEN_APART if np.isnan(strength).any() else "" for strength in found]
    return made_many("hodge_rank", found, wins, remarks)


def strengths(flow: NDArray[np.float64], compared: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares weighted by the number of comparisons, (B, n, n) twice -> (B, n), NaN where they fall apart."""
    n = flow.shape[1]
    degree = compared.sum(axis=2)
    laplacian = degree[:, :, None] * np.eye(n) - compared
    found = np.full(flow.shape[:2], np.nan)
    whole = all_reach_all(compared > 0)
    if whole.any():
        # Constants are the Laplacian's only kernel; adding them makes it regular and fixes the mean at 0.
        outflow = flow[whole].sum(axis=2)
        found[whole] = np.linalg.solve(laplacian[whole] + 1.0 / n, outflow[:, :, None])[:, :, 0]
    return found
