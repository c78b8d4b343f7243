"""Which single change of a relation would mend the most inconsistent triples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN

_RELATIONS: Final = (-1, 0, 1)


@dataclass(frozen=True, eq=False)
class Mending:
    """What the best change of every pair would do in B questions.

    ``triples`` (B, n, n) inconsistent triples that the pair takes part in. ``relation`` (B, n, n) the other
    relation that leaves the fewest of them, ``removed`` (B, n, n) how many fewer (negative: more);
    UNKNOWN and 0 where the pair is unknown. Of two equally good changes the one nearer to a tie.
    """

    triples: NDArray[np.int64]
    relation: NDArray[np.int8]
    removed: NDArray[np.int64]

    def best(self, question: int) -> tuple[int, int] | None:
        """The pair i < j whose change removes most triples of a question; None if none removes any."""
        removed = np.triu(self.removed[question], 1)
        if removed.size == 0 or removed.max() <= 0:
            return None
        i, j = np.unravel_index(np.argmax(removed), removed.shape)
        return int(i), int(j)


def inconsistent_if(relations: NDArray[np.int8]) -> NDArray[np.int64]:
    """Inconsistent triples through every pair if its relation were -1, 0 or 1, (B, n, n) -> (3, B, n, n).

    With i-j = r, a third k makes an inconsistent triple unless a weak order has r, i-k and k-j
    together: if i is at least level with k and k with j, and not level both times, r must be 1, and so on.
    Triples with an unknown other pair do not count.
    """
    wins = (relations == 1).astype(np.float32)
    losses = (relations == -1).astype(np.float32)
    ties = (relations == 0).astype(np.float32)
    n = relations.shape[1]
    ties[:, np.arange(n), np.arange(n)] = 0.0
    level = ties @ ties  # i = k = j
    above = wins @ wins + wins @ ties + ties @ wins  # i beats j by way of k
    below = losses @ losses + losses @ ties + ties @ losses
    counts = np.stack([level + above, above + below, level + below])
    counts[:, :, np.arange(n), np.arange(n)] = 0.0
    return np.round(counts).astype(np.int64)


def mending(relations: NDArray[np.int8]) -> Mending:
    """The best change of every pair of B questions, (B, n, n)."""
    if_so = inconsistent_if(relations)
    known = relations != UNKNOWN
    now = np.take_along_axis(if_so, np.where(known, relations + 1, 0)[None].astype(np.int64), axis=0)[0]
    best_relation = np.full(relations.shape, UNKNOWN, np.int8)
    fewest = np.full(relations.shape, np.iinfo(np.int64).max)
    for relation in (0, 1, -1):
        left = if_so[_RELATIONS.index(relation)]
        better = known & (relations != relation) & (left < fewest)
        fewest = np.where(better, left, fewest)
        best_relation = np.where(better, np.int8(relation), best_relation)
    diagonal = np.eye(relations.shape[1], dtype=np.bool_)
    return Mending(
        triples=np.where(known, now, 0),
        relation=np.where(known & ~diagonal, best_relation, np.int8(UNKNOWN)).astype(np.int8),
        removed=np.where(known & ~diagonal, now - fewest, 0),
    )
