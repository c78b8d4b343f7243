"""Inconsistent k-subsets as bits: a subset is a row, a question is one bit of it, a flag is a plane of bits.

Rows are in colexicographic order. The flags of a subset are the flags of its triples OR-ed, and
every triple of k > 3 responses misses one of any four of them: so a row is four rows of the
level below OR-ed, for 64 questions in one machine word. Only the last step, from bits to counts, looks at
questions one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.inconsistencies import PATTERN_FLAGS, pair_members, triple_members
from trustjudge_core.records import UNKNOWN

Words = NDArray[np.uint64]

ANY: Final = 32
KIND_FLAGS: Final = (1, 2, 4)
PUBLISHED_FLAGS: Final = (8, 16)

QUESTIONS_TOGETHER: Final = 128
"""Two words of every plane, so that the levels of 20 responses stay in a processor's cache."""

_ROWS_TOGETHER: Final = 8192
_MOST_KEPT: Final = 1 << 20  # words of one buffer
_LEFT_OVER: Final = 20  # rows that are counted bit by bit, when adding them up further costs more in calls


class _Buffers(threading.local):
    """Memory that a thread keeps from call to call: fresh megabytes cost more than what is written into them."""

    def __init__(self) -> None:
        self._held: dict[object, Words] = {}

    def rows(self, name: object, rows: int, width: int) -> Words:
        """An array (rows, width) with whatever it held before; a large one is not kept."""
        if rows * width > _MOST_KEPT:
            return np.empty((rows, width), np.uint64)
        held = self._held.get(name)
        if held is None or held.size < rows * width:
            held = self._held[name] = np.empty(rows * width, np.uint64)
        return held[: rows * width].reshape(rows, width)


_buffers = _Buffers()


def count_by_question(
    relations: NDArray[np.int8], ks: Sequence[int], flags: Sequence[int]
) -> dict[int, NDArray[np.int64]]:
    """Known subsets, then those with every flag, of at most 128 questions, (Q, n, n) -> per k (F + 1, Q)."""
    questions, n, _ = relations.shape
    level, partly_known = triple_rows(relations, flags)
    width, deepest = level.shape[1], max(ks)
    counts = {}
    for k in range(3, deepest + 1):
        lower, rows = level, comb(n, k)
        if 3 < k < deepest:
            level = _buffers.rows(("level", k), rows, width)
        tally = np.zeros((len(flags) + 1, questions), np.int64)
        for start in range(0, rows, _ROWS_TOGETHER):
            stop = min(start + _ROWS_TOGETHER, rows)
            piece = level[start:stop]
            if k > 3:
                piece = piece if k < deepest else _buffers.rows("piece", stop - start, width)
                _unite(lower, ranks_without_one(n, k), start, stop, piece)
            if k in ks:
                tally += _tally(piece if k == deepest else piece.copy(), len(flags), partly_known)[:, :questions]
        counts[k] = tally
    return {k: counts[k] for k in ks}


def _words(mask: NDArray[np.bool_]) -> Words:
    """A bit for every question, (Q, N) -> (N, words)."""
    packed = np.packbits(mask, axis=0, bitorder="little")
    padded = np.zeros((mask.shape[1], -(-len(packed) // 8) * 8), np.uint8)
    padded[:, : len(packed)] = packed.T
    return padded.view(np.uint64)


def triple_rows(relations: NDArray[np.int8], flags: Sequence[int]) -> tuple[Words, bool]:
    """A row for every triple, (Q, n, n) -> (T, planes * words): a plane per flag, and whether one more plane at the
    end marks triples that are not fully known."""
    pairs = relations[:, *_pairs(relations.shape[1])]
    said = [_words(pairs == r) for r in (-1, 0, 1)]
    sides = [[np.take(rows, place, axis=0) for rows in said] for place in _pairs_of_triples(relations.shape[1])]
    partly_known = bool((pairs == UNKNOWN).any())
    planes = np.zeros((len(flags) + partly_known, *sides[0][0].shape), np.uint64)
    for code in np.flatnonzero(PATTERN_FLAGS).tolist():
        pattern = sides[0][code // 9] & sides[1][code // 3 % 3] & sides[2][code % 3]
        for plane, flag in zip(planes, flags, strict=False):
            if PATTERN_FLAGS[code] & flag:
                plane |= pattern
    if partly_known:
        known = [side[0] | side[1] | side[2] for side in sides]
        planes[-1] = ~(known[0] & known[1] & known[2])
    return np.ascontiguousarray(planes.transpose(1, 0, 2)).reshape(planes.shape[1], -1), partly_known


def _unite(lower: Words, ranks: Sequence[NDArray[np.intp]], start: int, stop: int, target: Words) -> None:
    """Rows start to stop of a level from the level below, into ``target``."""
    picked = _buffers.rows("picked", *target.shape)
    # "clip" skips a check of every rank; they are below the length by construction.
    np.take(lower, ranks[0][start:stop], axis=0, out=target, mode="clip")
    for rank in ranks[1:]:
        np.take(lower, rank[start:stop], axis=0, out=picked, mode="clip")
        np.bitwise_or(target, picked, out=target)


def _tally(rows: Words, flags: int, partly_known: bool) -> NDArray[np.int64]:
    """Known subsets, then those with every flag, (N, planes * words) -> (F + 1, 64 words). ``rows`` is overwritten."""
    count, width = rows.shape
    known = np.full((1, width * 64 // (flags + partly_known)), count, np.int64)
    if not partly_known:
        return np.concatenate([known, column_sums(rows).reshape(flags, -1)])
    words = width // (flags + 1)
    # A subset that is not fully known does not count at all, whatever its known triples say.
    rows[:, :-words] &= np.tile(~rows[:, -words:], flags)
    sums = column_sums(rows).reshape(flags + 1, -1)
    return np.concatenate([known - sums[-1:], sums[:-1]])


def column_sums(rows: Words) -> NDArray[np.int64]:
    """How many rows have each bit, (N, W) -> (64 W,). ``rows`` is overwritten.

    Carry-save adders on whole columns of words: three rows of equal weight become their sum and
    their carry, which has twice the weight, until few rows of each weight are left.
    """
    width, weight = rows.shape[1], 1
    left: list[Words] = []
    weights: list[int] = []
    while len(rows):
        carries, filled, count = _buffers.rows(weight, len(rows) // 2 + 1, width), 0, len(rows)
        while count > _LEFT_OVER:
            third = count // 3
            a, b, c = rows[:third], rows[third : 2 * third], rows[2 * third : 3 * third]
            carry = carries[filled : filled + third]
            np.bitwise_xor(a, b, out=carry)
            np.bitwise_and(a, b, out=b)
            np.bitwise_xor(carry, c, out=a)
            np.bitwise_and(carry, c, out=carry)
            np.bitwise_or(carry, b, out=carry)
            filled += third
            rows[third : count - 2 * third] = rows[3 * third : count]
            count -= 2 * third
        left.append(rows[:count])
        weights += [weight] * count
        rows, weight = carries[:filled], 2 * weight
    if not left:
        return np.zeros(64 * width, np.int64)
    bits = np.unpackbits(np.concatenate(left).view(np.uint8), axis=1, bitorder="little")
    # float32 counts exactly up to 2^24, far more than there are rows.
    return (np.array(weights, np.float32) @ bits.astype(np.float32)).astype(np.int64)


@lru_cache(maxsize=64)
def _pairs(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return pair_members(n)


@lru_cache(maxsize=64)
def _pairs_of_triples(n: int) -> tuple[NDArray[np.int64], ...]:
    """Places of the pairs (i, j), (j, k), (i, k) of every triple, (T,) each."""
    i, j, k = triple_members(n)
    return tuple(b * (b - 1) // 2 + a for a, b in ((i, j), (j, k), (i, k)))


@lru_cache(maxsize=8)
def ranks_without_one(n: int, size: int) -> tuple[NDArray[np.intp], ...]:
    """Places of all subsets of that size below n without their first, second, third, fourth member, (C(n, size),).

    The place of {c_0 < c_1 < ...} among subsets of its size is sum C(c_b, b + 1).
    """
    members = subsets_in_order(n, size)
    binomial = np.array([[comb(a, b) for b in range(size + 1)] for a in range(n)], np.int64).reshape(n, size + 1)
    ranks = []
    for dropped in range(min(size, 4)):
        rest = np.delete(members, dropped, axis=0)
        rank = sum((binomial[row, b + 1] for b, row in enumerate(rest)), np.zeros(members.shape[1], np.int64))
        ranks.append(rank.astype(np.intp))
    return tuple(ranks)


def subsets_in_order(n: int, size: int) -> NDArray[np.int64]:
    """All subsets of that size below n in colexicographic order, one row per member, (size, C(n, size))."""
    if size == 0:
        return np.zeros((0, 1), np.int64)
    smaller = subsets_in_order(n - 1, size - 1) if n > 0 else np.zeros((size - 1, 0), np.int64)
    counts = np.array([comb(e, size - 1) for e in range(n)], np.int64)
    position = np.concatenate([np.arange(c) for c in counts]) if n else np.zeros(0, np.int64)
    return np.vstack([smaller[:, position], np.repeat(np.arange(n), counts)[None, :]])
