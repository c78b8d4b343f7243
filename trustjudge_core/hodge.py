"""How much of the preferences a ranking explains: gradient, curl and harmonic parts of an edge flow (HodgeRank).

A flow Y is antisymmetric, (n, n), NaN where nobody compared. It splits into three parts that are
orthogonal over the compared pairs (Jiang, Lim, Yao and Ye 2011, section 3): the gradient of scores, what
circulates around triangles, and what circulates only around longer loops that no known triangles fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsqr

from trustjudge_core.inconsistencies import triple_members

MOST_TRIANGLES: Final = 500_000
"""With more triangles and pairs missing, curl and harmonic parts are not told apart."""

MOST_LISTED: Final = 1000
"""At most this many triangles of a question are listed, those with the largest curl."""

_NOTHING: Final = 1e-12


def gradient_scores(flow: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores s that solve least squares s_i - s_j = Y_ij of each question, (B, n, n) -> (B, n), mean 0 in each group.

    The normal equations: the graph's Laplacian times s is the net outflow. Unconnected groups each
    have mean 0; their scores cannot be compared.
    """
    known = ~np.isnan(flow)
    known &= ~np.eye(flow.shape[1], dtype=np.bool_)
    outflow = np.where(known, flow, 0.0).sum(axis=2)
    whole = known.sum(axis=(1, 2)) == flow.shape[1] * (flow.shape[1] - 1)
    scores: NDArray[np.float64] = outflow / max(1, flow.shape[1])  # of a complete graph
    if not whole.all():
        some = known[~whole].astype(np.float64)
        degree = some.sum(axis=2)
        laplacian = degree[:, :, None] * np.eye(flow.shape[1]) - some
        inverse = np.linalg.pinv(laplacian, hermitian=True)
        scores[~whole] = np.einsum("bij,bj->bi", inverse, outflow[~whole])
    return scores


def cyclicity_of_each(flow: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each flow that no scores explain, |Y - grad s|^2 / |Y|^2, (B, n, n) -> (B,) in [0, 1].

    NaN when nothing was compared; 0 when the flow is zero everywhere.
    """
    scores = gradient_scores(flow)
    rest = np.nansum((flow - (scores[:, :, None] - scores[:, None, :])) ** 2, axis=(1, 2))
    energy = np.nansum(flow**2, axis=(1, 2))
    compared = (~np.isnan(flow)).sum(axis=(1, 2)) > np.diagonal(~np.isnan(flow), axis1=1, axis2=2).sum(axis=1)
    share = np.where(energy > 0, rest / np.where(energy > 0, energy, 1.0), 0.0)
    share = np.where(share < _NOTHING, 0.0, np.minimum(share, 1.0))
    return np.where(compared, share, np.nan)


def cyclicity(flow: NDArray[np.float64]) -> float:
    """The same of one question, (n, n) -> float."""
    return float(cyclicity_of_each(flow[None])[0])


@dataclass(frozen=True, eq=False)
class FlowParts:
    """The parts of one flow as shares of its energy, and its triangles by how strongly they circulate.

    ``scores`` (n,) in the unit of the flow. ``gradient``, ``curl`` and ``harmonic`` sum to 1 (NaN without
    pairs, curl and harmonic also where there are more than MOST_TRIANGLES to tell them apart by).
    ``triangles`` (T, 3) i<j<k, the largest absolute curl first, at most MOST_LISTED; ``curls`` (T,) =
    Y_ij + Y_jk + Y_ki, positive when i beats j beats k beats i.
    """

    scores: NDArray[np.float64]
    gradient: float
    curl: float
    harmonic: float
    triangles: NDArray[np.int64]
    curls: NDArray[np.float64]

    @property
    def cyclicity(self) -> float:
        """Share that no scores explain."""
        return 1.0 - self.gradient


def flow_parts(flow: NDArray[np.float64]) -> FlowParts:
    """Gradient, curl and harmonic part of one flow, (n, n)."""
    n = len(flow)
    known = ~np.isnan(flow) & ~np.eye(n, dtype=np.bool_)
    scores = gradient_scores(flow[None])[0]
    triangles, curls = _strongest_triangles(flow, known)
    cyclic = cyclicity(flow)
    curl = harmonic = float("nan")
    if np.isnan(cyclic) or known.sum() == n * (n - 1):
        curl, harmonic = cyclic, cyclic * 0.0  # where every triangle is filled nothing else can circulate
    elif _number_of_triangles(known) <= MOST_TRIANGLES:
        curl = min(cyclic, _curl_share(flow, known))
        curl = cyclic if cyclic - curl < 1e-9 else curl
        harmonic = cyclic - curl
    return FlowParts(scores, 1.0 - cyclic, curl, harmonic, triangles, curls)


def _number_of_triangles(known: NDArray[np.bool_]) -> int:
    edges = known.astype(np.float64)
    return round(float(np.einsum("ij,ij->", edges @ edges, edges)) / 6.0)


def _strongest_triangles(
    flow: NDArray[np.float64], known: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The known triangles with the largest absolute curl, one first response at a time: (T, 3), (T,)."""
    triangles, curls = np.zeros((0, 3), np.int64), np.zeros(0)
    for i in range(len(flow) - 2):
        beyond = slice(i + 1, None)
        around = flow[i, beyond, None] + flow[beyond, beyond] - flow[i, None, beyond]
        filled = np.triu(known[beyond, beyond] & known[i, beyond, None] & known[i, None, beyond], 1)
        if len(curls) == MOST_LISTED:
            filled &= np.abs(around) > np.abs(curls[-1])
        j, k = np.nonzero(filled)
        triangles = np.concatenate([triangles, np.stack([np.full(len(j), i), j + i + 1, k + i + 1], axis=1)])
        curls = np.concatenate([curls, around[j, k]])
        firmest = np.argsort(-np.abs(curls), kind="stable")[:MOST_LISTED]
        triangles, curls = triangles[firmest], curls[firmest]
    return triangles, curls


def _curl_share(flow: NDArray[np.float64], known: NDArray[np.bool_]) -> float:
    """Share of the energy that lies in flows around known triangles: least squares over triangle weights."""
    i, j = np.nonzero(np.triu(known, 1))
    number = np.zeros(known.shape, np.int64)
    number[i, j] = np.arange(len(i))
    y = flow[i, j]
    energy = float(y @ y)
    a, b, c = triple_members(len(flow))
    filled = known[a, b] & known[b, c] & known[a, c]
    a, b, c = a[filled], b[filled], c[filled]
    if not len(a) or energy == 0.0:
        return 0.0
    rows = np.concatenate([number[a, b], number[b, c], number[a, c]])
    columns = np.tile(np.arange(len(a)), 3)
    signs = np.repeat([1.0, 1.0, -1.0], len(a))
    around: Any = csr_array((signs, (rows, columns)), shape=(len(i), len(a)))
    circulating = around @ lsqr(around, y, atol=1e-12, btol=1e-12)[0]
    return float(circulating @ circulating) / energy
