"""From pair judgments in shown order to one preference per pair.

`pair_table` brings both orders of every pair into one row, with the response that appeared
first in the set as i. An aggregation then makes a preference of each row:

    likelihood   both orders' probabilities for i, j and tie, averaged      (paper section 4.2)
    ppl          the verdict of the order whose text the judge found likelier (paper section 4.2)
    baseline     both orders' verdicts if they agree, else a tie
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN, PairColumns
from trustjudge_core.settings import AGGREGATIONS, Aggregation, Mode

MOST_COMMON = 0.5
"""An aggregation or method is compared with the others only if at least this share of pairs supports it."""

LEAST_SURE = 0.01
"""Probabilities below this count as this in a logit, so that certainty stays finite."""


@dataclass(frozen=True, eq=False)
class PairTable:
    """N pairs i < j that a judge was asked about. Axis of length 2: i shown first, j shown first.

    ``verdict`` is 1 for i, -1 for j, 0 tie, UNKNOWN; ``probs`` columns are i, j, tie (raw, NaN when
    unknown). ``order_known`` is False for a pair with a judgment whose shown order nobody kept.
    ``both_orders`` says whether this judge was asked in both orders at all; when it was
    not, one order is all there is and position cannot be measured.
    """

    i: NDArray[np.int64]  # (N,) response number
    j: NDArray[np.int64]  # (N,)
    question: NDArray[np.int64]  # (N,)
    verdict: NDArray[np.int8]  # (N, 2)
    probs: NDArray[np.float64]  # (N, 2, 3)
    perplexity: NDArray[np.float64]  # (N, 2)
    judgments: NDArray[np.int64]  # (N, 2) judgments asked for
    usable: NDArray[np.int64]  # (N, 2) of them usable
    row: NDArray[np.int64]  # (N, 2) id of the first judgment, -1 where none
    order_known: NDArray[np.bool_]  # (N,)
    both_orders: bool

    def __len__(self) -> int:
        return len(self.i)

    @cached_property
    def mass(self) -> NDArray[np.float64]:
        """Probability on i, j and tie together in both orders, (N, 2); NaN where unknown."""
        return np.asarray(self.probs[:, :, 0] + self.probs[:, :, 1] + self.probs[:, :, 2], np.float64)

    @cached_property
    def logs(self) -> NDArray[np.float64]:
        """Logarithms of the renormalised probabilities of i, j and tie in both orders, (N, 2, 3); NaN where unknown."""
        with np.errstate(invalid="ignore", divide="ignore"):
            whole = self.probs / self.mass[:, :, None]
        logs: NDArray[np.float64] = np.log(np.maximum(whole, LEAST_SURE))
        return logs

    @cached_property
    def logits(self) -> NDArray[np.float64]:
        """ln P(i wins) - ln P(j wins) in both orders, (N, 2); NaN where unknown."""
        return np.asarray(self.logs[:, :, 0] - self.logs[:, :, 1], np.float64)


@dataclass(frozen=True, eq=False)
class Preferences:
    """One preference per pair by one aggregation.

    ``probs`` (N, 3) = i wins, j wins, tie (NaN for ppl). ``lead`` is how far the preferred
    outcome is ahead, in the unit that the tolerance is in; ``choice`` is that outcome, 1, -1 or 0,
    before any tolerance; UNKNOWN where the pair has no preference.
    """

    aggregation: Aggregation
    probs: NDArray[np.float64]
    choice: NDArray[np.int8]
    lead: NDArray[np.float64]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Pairs that have a preference, (N,)."""
        known: NDArray[np.bool_] = self.choice != UNKNOWN
        return known


def pair_table(pairs: PairColumns, question_of: NDArray[np.int64]) -> PairTable:
    """Both orders of every pair side by side. Judgments asked again in one order are averaged."""
    low, high = np.minimum(pairs.first, pairs.second), np.maximum(pairs.first, pairs.second)
    key = low * max(1, len(question_of)) + high
    _, where, pair_of = np.unique(key, return_index=True, return_inverse=True)
    n = len(where)
    swapped = (pairs.first != low).astype(np.int64)
    cell = pair_of * 2 + swapped  # each judgment's (pair, order)
    usable = pairs.failure < 0

    verdict = np.where(swapped.astype(bool) & (pairs.verdict != UNKNOWN), -pairs.verdict, pairs.verdict)
    probs = pairs.probs.copy()
    probs[swapped == 1] = probs[swapped == 1][:, [1, 0, 2]]

    cells = 2 * n
    asked = np.bincount(cell, minlength=cells)
    first_row = np.full(cells, -1, np.int64)
    first_row[cell[::-1]] = pairs.row[::-1]
    table_probs = _mean_by_cell(probs, cell, usable & ~np.isnan(probs).any(axis=1), cells)
    table_verdict = _common_verdict(verdict, cell, usable & (verdict != UNKNOWN), cells)
    # Nobody kept what was written, but the probabilities are there: what greedy decoding would say.
    silent = (table_verdict == UNKNOWN) & ~np.isnan(table_probs).any(axis=1)
    table_verdict[silent] = likeliest(table_probs[silent])
    order_seen = pairs.order_known
    first_asked = np.bincount(pair_of[order_seen & (swapped == 0)], minlength=n) > 0
    second_asked = np.bincount(pair_of[order_seen & (swapped == 1)], minlength=n) > 0
    return PairTable(
        i=low[where],
        j=high[where],
        question=question_of[low[where]],
        verdict=table_verdict.reshape(n, 2),
        probs=table_probs.reshape(n, 2, 3),
        perplexity=_mean_by_cell(pairs.perplexity[:, None], cell, usable & ~np.isnan(pairs.perplexity), cells).reshape(
            n, 2
        ),
        judgments=asked.reshape(n, 2),
        usable=np.bincount(cell[usable], minlength=cells).reshape(n, 2),
        row=first_row.reshape(n, 2),
        order_known=np.bincount(pair_of[~order_seen], minlength=n) == 0,
        both_orders=bool((first_asked & second_asked).any()),
    )


def _mean_by_cell(
    values: NDArray[np.float64], cell: NDArray[np.int64], use: NDArray[np.bool_], cells: int
) -> NDArray[np.float64]:
    """Mean of each column over the judgments of a cell, (P, C) -> (cells, C); NaN for an empty cell."""
    count = np.bincount(cell[use], minlength=cells).astype(np.float64)
    if count.max(initial=0.0) <= 1.0:  # nothing was asked again, as is the rule
        mean = np.full((cells, values.shape[1]), np.nan)
        mean[cell[use]] = values[use]
        return mean
    count[count == 0] = np.nan
    return np.stack([np.bincount(cell[use], column[use], cells) / count for column in values.T], axis=1)


def _common_verdict(
    verdict: NDArray[np.int8], cell: NDArray[np.int64], use: NDArray[np.bool_], cells: int
) -> NDArray[np.int8]:
    """Most frequent verdict of a cell, (cells,); a tie between verdicts is a tie."""
    if np.bincount(cell[use], minlength=1).max(initial=0) <= 1:  # nothing was asked again, as is the rule
        only = np.full(cells, UNKNOWN, np.int8)
        only[cell[use]] = verdict[use]
        return only
    counts = np.stack([np.bincount(cell[use & (verdict == v)], minlength=cells) for v in (1, -1, 0)], axis=1)
    common = likeliest(counts.astype(np.float64))
    common[counts.sum(axis=1) == 0] = UNKNOWN
    return common


def likeliest(weights: NDArray[np.float64]) -> NDArray[np.int8]:
    """Column with the largest weight as 1, -1, 0 for (i, j, tie), (N, 3) -> (N,); no single largest is a tie."""
    first, second, tie = weights.T
    top = np.maximum(np.maximum(np.maximum(first, second), tie), 0.0)
    is_first, is_second, is_tie = first >= top, second >= top, tie >= top
    # A tie that is largest alone is 0 as well.
    first_alone, second_alone = is_first & ~is_second & ~is_tie, is_second & ~is_first & ~is_tie
    return np.asarray(first_alone.astype(np.int8) - second_alone.astype(np.int8))


def ahead(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the largest of three weights is ahead of the second largest, (N, 3) -> (N,); NaN where one is."""
    a, b, c = weights.T
    larger, smaller = np.maximum(a, b), np.minimum(a, b)
    return np.asarray(np.maximum(larger, c) - np.maximum(smaller, np.minimum(larger, c)), np.float64)


def preferences(table: PairTable, aggregation: Aggregation, mode: Mode) -> Preferences:
    """Preference of every pair, from both orders (from the only order when the judge was asked in one)."""
    if aggregation == "likelihood":
        return _by_likelihood(table, mode)
    if aggregation == "ppl":
        return _by_perplexity(table)
    return _by_agreement(table)


def _by_likelihood(table: PairTable, mode: Mode) -> Preferences:
    """m[k] = p1[k] + p2[-k], paper section 4.2.

    Corrected: each order renormalised, then averaged; lead = largest minus second largest.
    Paper: the raw masses summed as printed. Reference: the raw masses summed, lead halved.
    """
    orders, mass = table.probs, table.mass
    seen = np.logical_not(np.isnan(mass))  # (N, 2)
    if mode == "corrected":
        seen = seen & (mass != 0.0)
        orders = orders / np.where(seen, mass, 1.0)[:, :, None]
    known: NDArray[np.bool_] = np.all(seen, axis=1) if table.both_orders else np.any(seen, axis=1)
    orders = np.where(seen[:, :, None], orders, 0.0)
    summed = orders[:, 0] + orders[:, 1]
    total = summed / np.maximum(seen[:, 0].astype(np.int64) + seen[:, 1], 1)[:, None] if mode == "corrected" else summed
    lead = ahead(total)
    if mode == "reference":
        lead = lead / 2.0
    return _preferences("likelihood", known, total, likeliest(total), lead)


def _by_perplexity(table: PairTable) -> Preferences:
    """The order with the lower perplexity decides by its verdict; lead = the perplexity gap."""
    known = ~np.isnan(table.perplexity).any(axis=1) & (table.verdict != UNKNOWN).all(axis=1)
    with np.errstate(invalid="ignore"):
        second_likelier = table.perplexity[:, 1] < table.perplexity[:, 0]
        gap = np.abs(table.perplexity[:, 0] - table.perplexity[:, 1])
    choice = np.where(second_likelier, table.verdict[:, 1], table.verdict[:, 0])
    return _preferences("ppl", known, np.full((len(table), 3), np.nan), choice, gap)


def _by_agreement(table: PairTable) -> Preferences:
    """Both verdicts if they agree, else a tie; probs = share of the orders that said so; lead 1 or 0."""
    known_orders = table.verdict != UNKNOWN
    twice = known_orders.all(axis=1)
    known = twice if table.both_orders else known_orders.any(axis=1)
    agreed = np.where(table.verdict[:, 0] == table.verdict[:, 1], table.verdict[:, 0], 0)
    choice = np.where(twice, agreed, np.where(known_orders[:, 0], table.verdict[:, 0], table.verdict[:, 1]))
    said = np.stack([(table.verdict == v).sum(axis=1) for v in (1, -1, 0)], axis=1).astype(np.float64)
    probs = said / np.maximum(known_orders.sum(axis=1), 1)[:, None]
    return _preferences("baseline", known, probs, choice.astype(np.int8), ahead(probs))


def _preferences(
    aggregation: Aggregation,
    known: NDArray[np.bool_],
    probs: NDArray[np.float64],
    choice: NDArray[np.int8],
    lead: NDArray[np.float64],
) -> Preferences:
    return Preferences(
        aggregation=aggregation,
        probs=np.where(known[:, None], probs, np.nan),
        choice=np.where(known, choice, np.int8(UNKNOWN)),
        lead=np.where(known, lead, np.nan),
    )


def available(table: PairTable, mode: Mode) -> dict[Aggregation, Preferences]:
    """Aggregations that this run's judgments support, with their preferences.

    One that fewer than half of the pairs known to the best supported one can use is left out,
    so that comparing methods on the same pairs does not throw most pairs away.
    """
    every = {name: preferences(table, name, mode) for name in AGGREGATIONS}
    most = max((int(p.known.sum()) for p in every.values()), default=0)
    return {name: p for name, p in every.items() if most and p.known.sum() >= MOST_COMMON * most}
