"""Cases: the pairs of a run that a person may settle, with all that is known before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.evidence import Evidence
from trustjudge_core.preferences import PairTable
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.settings import Aggregation

CHARACTERS_PER_SECOND: Final = 23.8
"""Silent reading of English: 238 words a minute (Brysbaert 2019, J. Mem. Lang. 109), six characters a word."""

DECIDING_SECONDS: Final = 6.0
"""What a case takes besides reading: finding one's way on the screen and pressing a key."""


@dataclass(frozen=True, eq=False)
class CaseBlock:
    """Cases of all questions that have n responses: where each lies in matrices of shape (B, n, n)."""

    shape: tuple[int, int, int]
    cases: NDArray[np.int64]  # (C,) numbers of the cases
    question: NDArray[np.int64]  # (C,) row of the block
    i: NDArray[np.int64]  # (C,) local response numbers
    j: NDArray[np.int64]  # (C,)


@dataclass(frozen=True, eq=False)
class Cases:
    """N pairs of a judge. ``shares`` (N, 3) = j wins, tie, i wins as the judge prefers, thirds where it is unknown.

    ``leaning`` is the same from averaged probabilities where the judge left any, whatever the aggregation:
    verdicts of both orders say less about how sure it was. ``lengths`` are characters of every response,
    (R,), zero where the text is not known; ``seconds`` is the time that reading and deciding each case takes, about.
    """

    index: SetIndex
    table: PairTable
    relation: NDArray[np.int8]  # (N,) the judge's, UNKNOWN where it has none
    shares: NDArray[np.float64]
    leaning: NDArray[np.float64]
    lengths: NDArray[np.float64]
    seconds: NDArray[np.float64]  # (N,)

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Cases about which the judge has a relation, (N,)."""
        known: NDArray[np.bool_] = self.relation != UNKNOWN
        return known

    @cached_property
    def blocks(self) -> tuple[CaseBlock, ...]:
        """The cases by how many responses their question has."""
        return tuple(_blocks(self.index, self.table))


def _blocks(index: SetIndex, table: PairTable) -> Iterator[CaseBlock]:
    sizes = np.diff(index.offsets)
    for n in np.unique(sizes[table.question]).tolist():
        cases = np.flatnonzero(sizes[table.question] == n)
        questions, row = np.unique(table.question[cases], return_inverse=True)
        start = index.offsets[table.question[cases]]
        yield CaseBlock((len(questions), n, n), cases, row, table.i[cases] - start, table.j[cases] - start)


def cases_of(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Cases:
    """The cases of a run at an aggregation and tolerance."""
    table = evidence.table
    relation = evidence.relation(aggregation, tolerance)
    shares = _normalised(evidence.preference(aggregation).probs)
    # Perplexity decides without probabilities: all there is is the relation itself.
    certain = np.where((relation[:, None] == np.array([-1, 0, 1])), 1.0, 0.0)
    shares = np.where(np.isnan(shares), certain, shares)
    shares[relation == UNKNOWN] = 1.0 / 3.0
    leaning = shares
    if "likelihood" in evidence.preferences:
        finest = _normalised(evidence.preference("likelihood").probs)
        leaning = np.where(np.isnan(finest), shares, finest)
    lengths = evidence.index.lengths
    characters = np.zeros(len(evidence.index.response_ids)) if lengths is None else np.nan_to_num(lengths)
    reading = (characters[table.i] + characters[table.j]) / CHARACTERS_PER_SECOND
    return Cases(evidence.index, table, relation, shares, leaning, characters, reading + DECIDING_SECONDS)


def _normalised(probs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Preferences i, j, tie as shares j, tie, i, (N, 3) -> (N, 3)."""
    shares = probs[:, [1, 2, 0]]
    with np.errstate(invalid="ignore", divide="ignore"):
        normalised: NDArray[np.float64] = shares / shares.sum(axis=1, keepdims=True)
    return normalised
