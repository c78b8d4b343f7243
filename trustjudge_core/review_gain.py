"""What a verdict on each case is expected to be worth: inconsistent triples that vanish, places made certain.

For a pair (i, j) let T_r be the triples through it that are inconsistent when its relation is r. Today they
are T_now; after a verdict they are T_r with the probability that a person says r:

    triples that vanish = T_now - sum_r P(r) T_r

Counting against today's relations alone has a blind spot: four responses that the judge ties throughout
are consistent and wrong, and every first verdict there only makes triples inconsistent. So the
order looks ahead: every other undecided pair counts as what the judge said with weight 1 - LOOK_AHEAD
and as what a person would say with weight LOOK_AHEAD. The first verdict of such a group then pays
for making the next ones pay.

Places: how many opponents are ahead of a response is uncertain with the variance of its undecided
outcomes, p_i + p_j - (p_i - p_j)^2 over 4 each. A verdict takes its pair out of two such sums; the
drop of both standard deviations, in places of the ranking, is what it makes certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cases import Cases
from trustjudge_core.inconsistencies import kind_of_codes
from trustjudge_core.records import UNKNOWN
from trustjudge_core.votes import majority

LOOK_AHEAD: Final = 0.15
"""Share of an undecided pair that counts as already answered by a person when cases are ordered."""

PLACES_WEIGHT: Final = 0.5
"""Worth of one place made certain, in inconsistent triples."""


_INCONSISTENT: Final = tuple(
    (code // 16, code // 4 % 4, code % 4) for code, kind in enumerate(kind_of_codes().tolist()) if kind >= 0
)
"""Columns (of j, tie, i) of the relations ij, jk, ik of the 14 inconsistent patterns."""


@dataclass(frozen=True, eq=False)
class Gain:
    """Expected worth of one more verdict on every case, (N,) each.

    ``triples`` would vanish at once; ``ahead`` is the same looking ahead; ``places`` of the ranking become
    certain; ``total`` = ahead + PLACES_WEIGHT * places orders the queue. ``present`` is how many
    inconsistent triples each case sits in now.
    """

    triples: NDArray[np.float64]
    ahead: NDArray[np.float64]
    places: NDArray[np.float64]
    present: NDArray[np.int64]

    @property
    def total(self) -> NDArray[np.float64]:
        """What the queue is ordered by, before dividing by reading time."""
        return self.ahead + PLACES_WEIGHT * self.places


def triples_by_relation(cases: Cases, relation: NDArray[np.floating]) -> NDArray[np.float64]:
    """Inconsistent triples through every case if its relation were j, tie, i, (N, 3).

    ``relation`` (N, 3) holds the probability of each relation of every case, columns j, tie, i, pairs independent;
    rows of zeros are unknown and in no triple. With certain relations the counts are whole numbers.
    """
    found = np.zeros((len(cases), 3))
    for block in cases.blocks:
        shares = np.zeros((3, *block.shape), np.float32)
        for column in range(3):
            shares[column, block.question, block.i, block.j] = relation[block.cases, column]
            shares[2 - column, block.question, block.j, block.i] = relation[block.cases, column]
        through = np.zeros((3, *block.shape), np.float32)
        for ij, jk, ik in _INCONSISTENT:
            through[ij] += shares[ik] @ shares[jk].transpose(0, 2, 1)
        found[block.cases] = through[:, block.question, block.i, block.j].T
    return found


def corrected_relation(cases: Cases, votes: NDArray[np.int64]) -> NDArray[np.int8]:
    """The judge's relation of every case, replaced where people decided, (N,)."""
    settled = majority(votes)
    return np.where(settled != UNKNOWN, settled, cases.relation)


def count_inconsistent(cases: Cases, relation: NDArray[np.int8]) -> int:
    """Inconsistent triples under these relations of the cases, (N,)."""
    return int(_present(triples_by_relation(cases, one_hot(relation)), relation).sum()) // 3


def one_hot(relation: NDArray[np.int8]) -> NDArray[np.float64]:
    """Certain relations as probabilities, (N,) -> (N, 3); zeros where unknown."""
    certain: NDArray[np.float64] = (relation[:, None] == np.array([-1, 0, 1], np.int8)).astype(np.float64)
    return certain


def _present(by_relation: NDArray[np.float64], relation: NDArray[np.int8]) -> NDArray[np.int64]:
    present: NDArray[np.int64] = np.rint((by_relation * one_hot(relation)).sum(axis=1)).astype(np.int64)
    return present


def expected_gain(
    cases: Cases, votes: NDArray[np.int64], shares: NDArray[np.float64], look_ahead: float = LOOK_AHEAD
) -> Gain:
    """Worth of one more verdict on every case, when a person says j, tie, i with ``shares`` (N, 3)."""
    now = corrected_relation(cases, votes)
    certain = one_hot(now)
    outcome = _outcomes(votes)
    by_relation = triples_by_relation(cases, certain)
    undecided = (cases.known & (votes.sum(axis=1) == 0))[:, None]
    blurred = np.where(undecided, (1.0 - look_ahead) * certain + look_ahead * shares, certain)
    return Gain(
        triples=_drop(by_relation, certain, outcome, shares),
        ahead=_drop(triples_by_relation(cases, blurred), certain, outcome, shares),
        places=_places(cases, votes, shares),
        present=_present(by_relation, now),
    )


def _outcomes(votes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Column of the relation that stands after one more verdict j, tie, i, (N, 3) -> (N, 3)."""
    after = majority(votes[:, None, :] + np.eye(3, dtype=np.int64))
    columns: NDArray[np.int64] = after.astype(np.int64) + 1
    return columns


def _drop(
    by_relation: NDArray[np.float64],
    certain: NDArray[np.float64],
    outcome: NDArray[np.int64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    """T_now minus the expected T after one more verdict, (N,). A case without a relation has no triples now."""
    after = np.take_along_axis(by_relation, outcome, axis=1)
    drop: NDArray[np.float64] = (by_relation * certain).sum(axis=1) - (shares * after).sum(axis=1)
    return drop


def _places(cases: Cases, votes: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviation of the places of both responses that a verdict takes away, (N,)."""
    table, responses = cases.table, len(cases.index.response_ids)
    mean = shares[:, 2] - shares[:, 0]
    spread = (shares[:, 2] + shares[:, 0] - mean**2) / 4.0
    spread = np.where(votes.sum(axis=1) > 0, 0.0, np.maximum(spread, 0.0))
    total = np.bincount(table.i, spread, responses) + np.bincount(table.j, spread, responses)
    gone = np.zeros(len(cases))
    for end in (table.i, table.j):
        gone += np.sqrt(total[end]) - np.sqrt(np.maximum(total[end] - spread, 0.0))
    return gone
