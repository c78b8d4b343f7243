"""Entries that nobody compared: the others are ranked without them, and they stay unranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.ranking import UNCOMPARED, Ranking


def ranked_without(
    present: NDArray[np.bool_], tables: Sequence[NDArray[np.float64]], rank: Callable[..., list[Ranking]]
) -> list[Ranking]:
    """Rankings of B tables of n entries, (B, n, n) each, by ``rank``, which sees only entries that are present, (B, n).

    ``rank`` gets tables of one size, (B', m, m) each, once for every number m of present entries. A table in which
    nobody is present goes in whole, so that what is said of it stays with ``rank``.
    """
    there = present | ~present.any(axis=1, keepdims=True)
    sizes = there.sum(axis=1)
    found: dict[int, Ranking] = {}
    for size in np.unique(sizes).tolist():
        some = np.flatnonzero(sizes == size)
        members = np.nonzero(there[some])[1].reshape(len(some), size)
        own = (some[:, None, None], members[:, :, None], members[:, None, :])
        rankings = rank(*(table[own] for table in tables))
        for b, ranking, who in zip(some.tolist(), rankings, members, strict=True):
            found[b] = ranking if size == present.shape[1] else spread_and_said(ranking, who, present.shape[1])
    return [found[b] for b in range(len(present))]


def spread_and_said(ranking: Ranking, members: NDArray[np.int64], entries: int) -> Ranking:
    """`spread`, with a remark that says who is missing."""
    return replace(spread(ranking, members, entries), remark="; ".join(filter(None, (ranking.remark, UNCOMPARED))))


def spread(ranking: Ranking, members: NDArray[np.int64], entries: int) -> Ranking:
    """A ranking of some of n entries, whose places are ``members`` (m,), as one of all with the others unranked."""

    def wide(values: NDArray[Any], nothing: float) -> NDArray[Any]:
        every = np.full(entries, nothing, values.dtype)
        every[members] = values
        return every

    place = members.tolist()
    return replace(
        ranking,
        strength=wide(ranking.strength, np.nan),
        low=wide(ranking.low, np.nan),
        high=wide(ranking.high, np.nan),
        rank=wide(ranking.rank, 0),
        contradicted=tuple((place[winner], place[loser]) for winner, loser in ranking.contradicted),
        bca_low=None if ranking.bca_low is None else wide(ranking.bca_low, np.nan),
        bca_high=None if ranking.bca_high is None else wide(ranking.bca_high, np.nan),
        rank_low=None if ranking.rank_low is None else wide(ranking.rank_low, 0),
        rank_high=None if ranking.rank_high is None else wide(ranking.rank_high, 0),
    )


def among(ranking: Ranking, members: NDArray[np.int64]) -> Ranking:
    """The part of a ranking without intervals that some entries, (m,), are; without what it contradicts."""
    return replace(
        ranking,
        strength=ranking.strength[members],
        low=ranking.low[members],
        high=ranking.high[members],
        rank=ranking.rank[members],
        contradicted=(),
    )
