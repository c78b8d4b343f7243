"""What changes when the order of two responses is swapped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.preferences import PairTable
from trustjudge_core.records import UNKNOWN


@dataclass(frozen=True, eq=False)
class Position:
    """Each pair's behaviour under a swap, (N,) each.

    ``known``: both orders have a verdict. ``order_unknown``: some judgment of the pair does not say
    which response was shown first, so that nothing can be said about it here. A pair that is not
    consistent either favours the first or the second shown response; it is a hard flip when the two
    orders name different winners, and a soft one when one of them says tie.
    """

    known: NDArray[np.bool_]
    order_unknown: NDArray[np.bool_]
    consistent: NDArray[np.bool_]
    first_favouring: NDArray[np.bool_]
    second_favouring: NDArray[np.bool_]
    hard_flip: NDArray[np.bool_]
    ties_said: NDArray[np.int64]  # of the two verdicts

    @property
    def tie_rate(self) -> float:
        """Share of verdicts that say tie, over both orders of known pairs; NaN without pairs."""
        verdicts = 2 * int(self.known.sum())
        return float(self.ties_said[self.known].sum() / verdicts) if verdicts else float("nan")


def position(table: PairTable) -> Position:
    """Position behaviour of every pair; all False when the judge was asked in one order only."""
    first, second = table.verdict[:, 0], table.verdict[:, 1]
    known = (first != UNKNOWN) & (second != UNKNOWN) & table.both_orders & table.order_known
    # `first` is i's verdict with i shown first; if it is larger than with j shown first, being shown first helps.
    change = np.where(known, first.astype(np.int64) - second, 0)
    return Position(
        known=known,
        order_unknown=~table.order_known,
        consistent=known & (change == 0),
        first_favouring=change > 0,
        second_favouring=change < 0,
        hard_flip=np.abs(change) == 2,
        ties_said=np.where(known, (first == 0).astype(np.int64) + (second == 0), 0),
    )
