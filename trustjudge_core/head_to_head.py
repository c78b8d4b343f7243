"""The comparisons behind a place in a leaderboard: every pair in which two entries met, and who won it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation


@dataclass(frozen=True, eq=False)
class Meetings:
    """M pairs of the pair table in which a system met others, seen from its side, in the order of the table.

    ``pair`` (M,) rows of the table; ``own`` and ``other`` (M,) responses of either side; ``relation`` (M,): 1 won,
    0 tied, -1 lost. Pairs without a known relation are left out.
    """

    pair: NDArray[np.int64]
    own: NDArray[np.int64]
    other: NDArray[np.int64]
    relation: NDArray[np.int8]

    def against(self, responses: NDArray[np.bool_]) -> Meetings:
        """Only those against marked responses, (all responses,)."""
        kept = responses[self.other]
        return Meetings(self.pair[kept], self.own[kept], self.other[kept], self.relation[kept])


def meetings(evidence: Evidence, aggregation: Aggregation, tolerance: float, own: NDArray[np.bool_]) -> Meetings:
    """Every known comparison of a marked response, (all responses,), with one that is not marked."""
    table, relation = evidence.table, evidence.relation(aggregation, tolerance)
    as_i, as_j = own[table.i], own[table.j]
    pair = np.flatnonzero((as_i != as_j) & (relation != UNKNOWN))
    first = as_i[pair]
    i, j = table.i[pair].astype(np.int64), table.j[pair].astype(np.int64)
    seen = np.where(first, relation[pair], -relation[pair]).astype(np.int8)
    return Meetings(pair, np.where(first, i, j), np.where(first, j, i), seen)
