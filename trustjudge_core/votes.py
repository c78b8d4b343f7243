"""What people said about the pairs of a run, counted: one row per pair of the judge's table."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.preferences import PairTable
from trustjudge_core.records import UNKNOWN, VerdictColumns


def placed(table: PairTable, verdicts: VerdictColumns, responses: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair of each verdict in the table, -1 where the judge was not asked about it, and what it says for i, (V,) each.

    ``responses`` is how many the set has. 1 is for i, -1 for j, 0 a tie.
    """
    low, high = np.minimum(verdicts.first, verdicts.second), np.maximum(verdicts.first, verdicts.second)
    said = np.where(verdicts.first == low, verdicts.verdict, -verdicts.verdict).astype(np.int64)
    if not len(table):
        return np.full(len(low), -1, np.int64), said
    pair_keys = table.i * responses + table.j  # ascending, as pair_table makes them
    wanted = low * responses + high
    place = np.minimum(np.searchsorted(pair_keys, wanted), len(pair_keys) - 1)
    return np.where(pair_keys[place] == wanted, place, -1), said


def count_votes(
    table: PairTable, verdicts: VerdictColumns, responses: int, annotators: Collection[str] | None = None
) -> NDArray[np.int64]:
    """Verdicts on every pair, columns j wins, tie, i wins, (N, 3): of everybody, or of some annotators."""
    place, said = placed(table, verdicts, responses)
    use = place >= 0
    if annotators is not None:
        chosen = np.array([name in annotators for name in verdicts.annotators], np.bool_)
        use &= chosen[verdicts.annotator] if len(chosen) else False
    votes = np.zeros((len(table), 3), np.int64)
    np.add.at(votes, (place[use], said[use] + 1), 1)
    return votes


def majority(votes: NDArray[np.integer]) -> NDArray[np.int8]:
    """The most frequent verdict, (..., 3) -> (...) in {-1, 0, 1}; no single one is a tie; UNKNOWN without votes."""
    top = votes == votes.max(axis=-1, keepdims=True)
    common = np.where(top.sum(axis=-1) == 1, np.argmax(votes, axis=-1) - 1, 0)
    return np.where(votes.sum(axis=-1) > 0, common, UNKNOWN).astype(np.int8)


def newest_of_each(place: NDArray[np.int64], annotator: NDArray[np.int64], use: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The last of every person's verdicts about the same pair, among those to use, (V,) each -> ascending places."""
    marked = np.flatnonzero(use)
    if not len(marked):
        return marked
    key = place[marked] * (int(annotator.max()) + 1) + annotator[marked]
    _, from_the_end = np.unique(key[::-1], return_index=True)
    last: NDArray[np.int64] = np.sort(marked[len(marked) - 1 - from_the_end])
    return last
