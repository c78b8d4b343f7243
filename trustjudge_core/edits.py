"""The fewest relations to change until a question is an order, and which ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cheapest_orders import SolverClock, cheapest_orders
from trustjudge_core.records import UNKNOWN


@dataclass(frozen=True, eq=False)
class Edits:
    """The nearest weak order found for each of B questions of n responses.

    ``count`` (B,) relations differ from it, at most ``gap`` (B,) more than the true least (0 = proven).
    ``levels`` (B, n) is the order, 0 = best. Where several orders are equally near it is one of them.
    """

    count: NDArray[np.int64]
    gap: NDArray[np.int64]
    levels: NDArray[np.int64]

    def order(self, question: int) -> NDArray[np.int8]:
        """Relations of the order of one question, (n, n)."""
        return relations_of(self.levels[question])

    def pairs(self, question: int, relations: NDArray[np.int8]) -> list[tuple[int, int]]:
        """Pairs i < j of one question whose known relation the order changes, from its relations (n, n)."""
        changed = (relations != UNKNOWN) & (relations != self.order(question))
        i, j = np.nonzero(np.triu(changed, 1))
        return list(zip(i.tolist(), j.tolist(), strict=True))


def relations_of(levels: NDArray[np.int64]) -> NDArray[np.int8]:
    """Relations of a weak order, (n,) -> (n, n); a smaller level is better."""
    better: NDArray[np.int8] = np.sign(levels[None, :] - levels[:, None]).astype(np.int8)
    return better


def fewest_edits(relations: NDArray[np.int8], clock: SolverClock | None = None) -> Edits:
    """Fewest relations to change until each question is a weak order, (B, n, n) -> edits of B questions.

    Unknown relations cost nothing. Exact up to 10 responses; above as far as the clock allows
    (by default its own), with the gap.
    """
    known = relations != UNKNOWN
    known &= ~np.eye(relations.shape[1], dtype=np.bool_)
    above = (known & (relations != 1)).astype(np.float64)
    tied = (known & (relations != 0)).astype(np.float64)
    found = cheapest_orders(above, tied, clock or SolverClock())
    return Edits(np.round(found.price).astype(np.int64), np.round(found.gap).astype(np.int64), found.levels)
