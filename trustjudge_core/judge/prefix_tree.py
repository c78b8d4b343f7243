"""Token sequences as a tree of rows: what several of them begin with is computed once.

A row is the part of one sequence that nobody before it has: it goes on after ``start`` tokens of
its parent row. The first sequence of a tree is one row from its first token to its last; each later
one forks from a row that is already there. So the tokens of all rows together are the distinct
prefixes of all sequences, the least that any engine must compute, and a tournament needs three or
four rounds: the trunk with one pair, the other first responses, everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

RECOMPUTED = 0.02
"""A fork may compute this share of its own tokens a second time when that saves a round of its own."""

LONGEST = 2048
"""Tokens of the longest row; a longer one goes through the model in pieces, for masks grow with its square."""

NOTHING = -1
"""The index of a row after which nothing is read: a piece of a longer one."""

Ids = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Row:
    """Tokens of sequence number ``index`` from ``start`` on; the ``start`` tokens before them are those of ``parent``.

    ``index`` is `NOTHING` where no sequence ends. ``kept`` holds what an engine computed for these
    tokens as long as forks need it.
    """

    index: int
    tokens: Ids  # (S,)
    start: int
    parent: Row | None
    forks: list[Row] = field(default_factory=list)
    kept: Any = None

    def before(self) -> Iterator[tuple[Row, int]]:
        """The rows that hold the tokens before this one, nearest first, each with how many of its tokens count."""
        row, end = self.parent, self.start
        while row is not None and end > 0:
            if end > row.start:
                yield row, end - row.start
                end = row.start
            row = row.parent

    def below(self) -> Iterator[Row]:
        """This row and every row that hangs on it."""
        waiting = [self]
        while waiting:
            row = waiting.pop()
            yield row
            waiting.extend(row.forks)


@dataclass(frozen=True, slots=True)
class Forest:
    """Rows that begin at the first token, and ``distinct``, the number of distinct prefixes of all sequences."""

    roots: list[Row]
    distinct: int


def _shared(one: Ids, other: Ids) -> int:
    """How many tokens two sequences have in common at the beginning."""
    shorter = min(len(one), len(other))
    differs = one[:shorter] != other[:shorter]
    return int(differs.argmax()) if differs.any() else shorter


def _grow(index: int, tokens: Ids, start: int, parent: Row | None, roots: list[Row], longest: int) -> Row:
    """The row of these tokens, hung on its parent, in pieces where it is too long; the last piece."""
    for first in range(0, len(tokens), longest):
        piece = tokens[first : first + longest]
        last = first + longest >= len(tokens)
        row = Row(index if last else NOTHING, piece, start + first, parent)
        (parent.forks if parent else roots).append(row)
        parent = row
    return row


def plant(sequences: Sequence[Ids], share: bool = True, longest: int = LONGEST) -> Forest:
    """The rows of these sequences; without ``share`` each is a root of its own.

    The last token of every sequence belongs to its own row, for what is read there is read from that row.
    """
    # big-endian bytes sort like the numbers, and compare faster than lists of them
    order = sorted(range(len(sequences)), key=lambda number: sequences[number].astype(">u4").tobytes())
    roots: list[Row] = []
    distinct = 0
    last: Row | None = None
    for place, number in enumerate(order):
        ids = sequences[number]
        common = _shared(sequences[order[place - 1]], ids) if place else 0
        distinct += len(ids) - common
        parent, start = last, min(common, len(ids) - 1) if share else 0
        while parent is not None and parent.start >= start:
            parent = parent.parent
        if parent is not None and start - parent.start <= RECOMPUTED * (len(ids) - start):
            start = parent.start
            parent = parent.parent
        last = _grow(number, ids[start:], start, parent if start else None, roots, longest)
    return Forest(roots, distinct)
