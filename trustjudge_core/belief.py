"""What a person would probably say about each pair, learned from the verdicts that people have given.

A multinomial logit with the naming of responses built in: for a pair (i, j) the log-odds are

    i wins: x'w        j wins: -x'w        tie: z'v

with x changing its sign when i and j trade places and z not. x = the judge's margin averaged over both
orders; how much better i stands against the other responses of the question than j, this pair
left out, a verdict counting half as much as the judge's firmest preference; how much better its system stands in
all questions; log-ratio of text lengths. z = 1; the judge's share of ties; the sizes of the first two of x. w and v
are the maximum of the posterior under the stated normal prior, so that the first cases are ordered by the
prior and each verdict moves it: where people decide what the judge ties, ties become unlikely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cases import Cases
from trustjudge_core.records import UNKNOWN
from trustjudge_core.votes import majority

# Prior means and standard deviations, in log-odds per unit of a feature. They say: people tend to side
# with the judge, and more so when the rest of the question agrees. Chosen once on simulated judges;
# bench/review_curves.py shows how little the curves depend on them.
DIRECTED_PRIOR: Final = np.array([[0.8, 1.0], [1.5, 1.4], [0.5, 1.0], [0.0, 1.0]])
LEVEL_PRIOR: Final = np.array([[-0.2, 2.0], [0.6, 1.0], [-0.5, 1.0], [-0.5, 1.0]])

VERDICT_WEIGHT: Final = 0.5
"""How much a verdict counts in the standing of a response, when the judge's firmest preference counts 1.

A verdict says who is better and not by how much, and the cases that are asked are the close ones: counted in full it
would move both responses too far against all the others.
"""

LEAST_CHARACTERS: Final = 50.0
"""Added to both lengths, so that an empty text gives no infinite ratio."""

PEOPLE_AGREE: Final = 2.0
"""How many verdicts the belief is worth once a case has some: two people asked the same tend to agree."""

_STEPS: Final = 50


@dataclass(frozen=True, eq=False)
class Features:
    """What the belief is made of: ``directed`` (N, 4) changes sign if i and j trade places, ``level`` (N, 4) not."""

    directed: NDArray[np.float64]
    level: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Belief:
    """P(a person says j, tie, i) for every case, (N, 3), and the weights that it comes from."""

    shares: NDArray[np.float64]
    directed: NDArray[np.float64]  # (4,)
    level: NDArray[np.float64]  # (4,)


def belief(cases: Cases, votes: NDArray[np.int64]) -> Belief:
    """What people would say about every case, given the verdicts so far, (N, 3) as `votes.count_votes` gives them."""
    found = features(cases, votes)
    asked = votes.sum(axis=1) > 0
    weights = fitted(found.directed[asked], found.level[asked], votes[asked].astype(np.float64))
    shares = outcome_shares(found.directed, found.level, weights)
    told = votes.sum(axis=1, keepdims=True)
    shares = np.where(told > 0, (PEOPLE_AGREE * shares + votes) / (PEOPLE_AGREE + told), shares)
    return Belief(shares, weights[: len(DIRECTED_PRIOR)], weights[len(DIRECTED_PRIOR) :])


def features(cases: Cases, votes: NDArray[np.int64]) -> Features:
    """The features of every case, given the verdicts so far."""
    table, responses = cases.table, len(cases.index.response_ids)
    margin = cases.leaning[:, 2] - cases.leaning[:, 0]
    settled = majority(votes)
    stand = np.where(settled != UNKNOWN, VERDICT_WEIGHT * settled, margin)
    total = np.bincount(table.i, stand, responses) - np.bincount(table.j, stand, responses)
    count = np.bincount(table.i, minlength=responses) + np.bincount(table.j, minlength=responses)
    count = np.maximum(count, 1)
    standing = (total[table.i] - stand) / count[table.i] - (total[table.j] + stand) / count[table.j]
    pooled = _standing_of_systems(cases, margin)
    length = np.log(cases.lengths + LEAST_CHARACTERS)
    return Features(
        directed=np.stack([margin, standing, pooled, length[table.i] - length[table.j]], axis=1),
        level=np.stack([np.ones(len(cases)), cases.leaning[:, 1], np.abs(margin), np.abs(standing)], axis=1),
    )


def _standing_of_systems(cases: Cases, margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean margin of i's system over all its pairs minus that of j's, (N,); zero without system names."""
    names = {name: number for number, name in enumerate(sorted({s for s in cases.index.systems if s}))}
    system = np.array([names.get(s, -1) if s else -1 for s in cases.index.systems], np.int64)
    i, j = system[cases.table.i], system[cases.table.j]
    use = (i >= 0) & (j >= 0) & (i != j)
    if not use.any():
        return np.zeros(len(cases))
    total = np.bincount(i[use], margin[use], len(names)) - np.bincount(j[use], margin[use], len(names))
    count = np.bincount(i[use], minlength=len(names)) + np.bincount(j[use], minlength=len(names))
    mean = total / np.maximum(count, 1)
    return np.where(use, mean[i] - mean[j], 0.0)


def outcome_shares(
    directed: NDArray[np.float64], level: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(j, tie, i) of every row, (N, A) and (N, B) with weights (A + B,) -> (N, 3)."""
    a = directed.shape[1]
    odds = _log_odds(directed @ weights[:a], level @ weights[a:])
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _log_odds(win: NDArray[np.float64], tie: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([-win, tie, win], axis=1)


def fitted(
    directed: NDArray[np.float64], level: NDArray[np.float64], votes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights (A + B,) of highest posterior density for votes (V, 3); the prior's means without votes.

    The log-posterior is strictly concave: Newton's method with halved steps cannot miss. Own kernel
    because library logits know neither the built-in mirror symmetry nor a prior with means.
    """
    mean, spread = np.vstack([DIRECTED_PRIOR, LEVEL_PRIOR]).T
    weights: NDArray[np.float64] = mean.copy()
    if not len(votes):
        return weights
    # One design row per outcome: (V, 3, A + B), the derivative of its log-odds.
    nothing = np.zeros_like
    design = np.stack(
        [
            np.hstack([-directed, nothing(level)]),
            np.hstack([nothing(directed), level]),
            np.hstack([directed, nothing(level)]),
        ],
        axis=1,
    )
    total = votes.sum(axis=1)
    loss = _loss(design, votes, weights, mean, spread)
    for _ in range(_STEPS):
        shares = outcome_shares(directed, level, weights)
        expected = np.einsum("vo,voa->va", shares, design)
        gradient = np.einsum("vo,voa->a", votes, design) - total @ expected - (weights - mean) / spread**2
        weighted = (shares * total[:, None])[:, :, None] * design
        curvature = np.einsum("voa,vob->ab", weighted, design) - (expected * total[:, None]).T @ expected
        step: NDArray[np.float64] = np.linalg.solve(curvature + np.diag(spread**-2.0), gradient)
        size = 1.0
        while (ahead := _loss(design, votes, weights + size * step, mean, spread)) > loss and size > 1e-6:
            size /= 2.0
        weights, loss = weights + size * step, ahead
        if np.abs(step).max() < 1e-7:
            break
    return weights


def _loss(
    design: NDArray[np.float64],
    votes: NDArray[np.float64],
    weights: NDArray[np.float64],
    mean: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> float:
    """Negative log-posterior, up to a constant."""
    odds = design @ weights
    top = odds.max(axis=1, keepdims=True)
    log_total = top[:, 0] + np.log(np.exp(odds - top).sum(axis=1))
    data = (votes * (log_total[:, None] - odds)).sum()
    return float(data + 0.5 * (((weights - mean) / spread) ** 2).sum())
