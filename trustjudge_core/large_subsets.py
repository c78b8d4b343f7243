"""Inconsistent k-subsets of one large question: a row is a subset without its first member, a bit is that member.

The same levels as in subset_bits.py, one lower: bit a of the row of S (k - 1 responses, all above
a) says whether {a} + S holds an inconsistent triple. 200 responses in fours are 65 million
subsets but 1.3 million rows, 100 responses in fives 75 million but 3.9 million; rows are made and
counted block by block, a block being the subsets with one largest member.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.inconsistencies import PATTERN_FLAGS, pair_members
from trustjudge_core.records import UNKNOWN
from trustjudge_core.subset_bits import Words, ranks_without_one, subsets_in_order

_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)


def count_by_member(relations: NDArray[np.int8], k: int, flags: Sequence[int]) -> NDArray[np.int64]:
    """Known k-subsets, k >= 4, then those with every flag, of one question, (n, n) -> (F + 1,)."""
    n = len(relations)
    partly_known = bool((relations == UNKNOWN).any())
    level = _pair_planes(relations, flags, partly_known)
    for size in range(3, k - 1):
        level = np.concatenate(list(_blocks(level, n, size)), axis=1)
    below, first = _bits_below(n), _first_members(n - 1, k - 2)
    counts = np.zeros(len(flags) + 1, np.int64)
    for rows in _blocks(level, n, k - 1):
        allowed = np.take(below, first[: rows.shape[1]], axis=0)  # (rows, words)
        if partly_known:
            allowed &= ~rows[-1]
        counts[0] += _ones(allowed)
        for place in range(len(flags)):
            counts[place + 1] += _ones(rows[place] & allowed)
    return counts


def _ones(words: Words) -> int:
    return int(np.bitwise_count(words).sum(dtype=np.int64))


def _bits(mask: NDArray[np.bool_]) -> Words:
    """The last axis as bits, (..., n) -> (..., words)."""
    packed = np.packbits(mask, axis=-1, bitorder="little")
    padded = np.zeros((*mask.shape[:-1], -(-packed.shape[-1] // 8) * 8), np.uint8)
    padded[..., : packed.shape[-1]] = packed
    return padded.view(np.uint64)


def _bits_below(n: int) -> Words:
    """Bits 0 to m - 1 for every m, (n, words)."""
    members = np.arange(n)
    below: NDArray[np.bool_] = np.less(members[None, :], members[:, None])
    return _bits(below)


def _pair_planes(relations: NDArray[np.int8], flags: Sequence[int], partly_known: bool) -> Words:
    """Which a < b < c make {a, b, c} inconsistent, for every pair b < c, (n, n) -> (planes, C(n, 2), words)."""
    b, c = pair_members(len(relations))
    said = [_bits(np.equal(relations.T, r)) for r in (-1, 0, 1)]  # bit a of row b: the relation of a to b
    planes = np.zeros((len(flags) + partly_known, len(b), said[0].shape[1]), np.uint64)
    for r_bc in range(3):
        where = np.flatnonzero(relations[b, c] == r_bc - 1)
        for code in np.flatnonzero(PATTERN_FLAGS).tolist():
            if code // 3 % 3 == r_bc:
                found = said[code // 9][b[where]] & said[code % 3][c[where]]
                for plane, flag in zip(planes, flags, strict=False):
                    if PATTERN_FLAGS[code] & flag:
                        plane[where] |= found
    if partly_known:
        known = said[0] | said[1] | said[2]
        planes[-1] = ~(known[b] & known[c])
        planes[-1][relations[b, c] == UNKNOWN] = _EVERY
    return planes


def _blocks(level: Words, n: int, size: int) -> Iterator[Words]:
    """Rows of all subsets of that size, by largest member e, from those of one fewer, (planes, C(e, size - 1), words).

    A row is the rows without one of four members OR-ed. A subset of three has only the three rows
    of its pairs: if it is inconsistent by itself, so it is with every first member.
    """
    ranks = _ranks_of_pairs(n - 1) if size == 3 else ranks_without_one(n - 1, size - 1)[:3]
    for e in range(size - 1, n):
        count = comb(e, size - 1)
        with_e = level[:, count : count + comb(e, size - 2)]
        rows = level[:, :count] | np.take(with_e, ranks[0][:count], axis=1, mode="clip")
        for rank in ranks[1:]:
            rows |= np.take(with_e, rank[:count], axis=1, mode="clip")
        if size == 3:
            b, c = (rank[:count] for rank in ranks)
            inconsistent = with_e[:, c, b // 64] >> (b % 64).astype(np.uint64) & np.uint64(1)
            rows |= (inconsistent * _EVERY)[:, :, None]
        yield rows


@lru_cache(maxsize=8)
def _ranks_of_pairs(n: int) -> tuple[NDArray[np.intp], ...]:
    b, c = pair_members(n)
    return b.astype(np.intp), c.astype(np.intp)


@lru_cache(maxsize=8)
def _first_members(n: int, size: int) -> NDArray[np.int64]:
    """First member of every subset of that size below n, (C(n, size),)."""
    first: NDArray[np.int64] = subsets_in_order(n, size)[0].copy()
    return first
