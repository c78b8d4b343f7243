"""How far three preferences are from following from each other, without ties or tolerance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 200_000  # triples: small enough to stay in the cache
_SMALLEST = 1e-7


def divergence(p: NDArray[np.floating], q: NDArray[np.floating]) -> NDArray[np.floating]:
    """Jensen-Shannon divergence of the two-way choices p and q, (...,), (...,) -> (...,) in [0, 1], to base 2."""
    apart: NDArray[np.floating] = _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2
    np.maximum(apart, 0, out=apart)
    return apart


def _entropy(p: NDArray[np.floating]) -> NDArray[np.floating]:
    """Entropy of (p, 1 - p) in bits."""
    inside = np.clip(p, _SMALLEST, 1 - _SMALLEST)
    bits: NDArray[np.floating] = -(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside))
    return bits


def soft_deviation(flow: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Soft non-transitivity of the triples of each question, (B, n, n) -> sum over triples (B,), triples (B,).

    In a triple the preference of each pair is also implied by the other two, by Bradley and Terry: the
    logits add up. The triple deviates by the mean over its three pairs of the Jensen-Shannon
    divergence between measured and implied preference (Xu, Ruis, Rocktäschel and Kirk 2025, arXiv 2502.14074,
    their soft non-transitivity deviation). ``flow`` holds logits, NaN where unknown; a tie counts half for either
    side. Worked out in single precision, good to about 1e-7.
    """
    tables, n, _ = flow.shape
    sums, counts = np.zeros(tables), np.zeros(tables, np.int64)
    j_of, i_of = np.tril_indices(n, -1)  # by j, then i: the pairs below k are the first k (k - 1) / 2
    logits = flow.astype(np.float32)
    pairs = logits[:, i_of, j_of]
    step = max(1, _AT_ONCE // max(1, tables))
    for k in range(2, n):
        below, column = k * (k - 1) // 2, logits[:, :, k]
        for start in range(0, below, step):
            some = slice(start, min(start + step, below))
            each = _triple_deviation(pairs[:, some], column[:, j_of[some]], column[:, i_of[some]])
            sums += np.nansum(each, axis=1, dtype=np.float64)
            counts += np.count_nonzero(~np.isnan(each), axis=1)
    return sums, counts


def _triple_deviation(
    ij: NDArray[np.floating], jk: NDArray[np.floating], ik: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Mean divergence of the three measured logits of a triple from those the other two imply, (...,) each."""
    each = divergence(_share(ij), _share(ik - jk))
    each += divergence(_share(jk), _share(ik - ij))
    each += divergence(_share(ik), _share(ij + jk))
    each /= 3
    return each


def _share(logit: NDArray[np.floating]) -> NDArray[np.floating]:
    share: NDArray[np.floating] = 1 / (1 + np.exp(-logit))
    return share
