"""Where a judge contradicts itself: score against comparison, and comparisons against each other.

Relations are (Q, n, n) int8, antisymmetric, in {-1, 0, 1} with UNKNOWN where nobody compared;
entry [q, i, j] = 1 says that response i of question q wins against j.

A triple i<j<k has 27 relation patterns, 13 of which some weak order explains. The other 14 come
in three kinds that do not depend on how responses are numbered: strict cycle
(2), broken chain (6: A>B>C but A=C) and contradicted tie (6: A=B=C but A>C). The published code
sorts the same 14 into "circle" and "equal" by a table that does depend on the numbering; it is
kept for reference mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN

KINDS: Final = ("strict_cycle", "broken_chain", "contradicted_tie")
REFERENCE_TYPES: Final = ("circle", "equal")
KIND_IN_WORDS: Final = {
    "strict_cycle": "strict cycle",
    "broken_chain": "broken chain",
    "contradicted_tie": "contradicted tie",
}

MOST_SUBSETS: Final = 100_000_000
"""Above this many subsets of one question an exact count is not attempted (and said so)."""

MOST_BYTES: Final = 400_000_000
"""Working memory of one group of questions, about."""

_ANY: Final = 32  # strict cycle, broken chain or contradicted tie
_FLAGS: Final = (_ANY, 1, 2, 4, 8, 16)
_UNKNOWN_BIT: Final = 64

_REFERENCE_CIRCLE: Final = (">><", ">=<", "=><", "=<>", "<=>", "<<>")
_REFERENCE_EQUAL: Final = (">>=", ">==", "=>=", "==>", "==<", "=<=", "<==", "<<=")


def _kind_table() -> NDArray[np.uint8]:
    """Flags of each of the 27 patterns, indexed by 9(r_ij+1) + 3(r_jk+1) + (r_ik+1).

    Bits: 1 strict cycle, 2 broken chain, 4 contradicted tie, 8 circle, 16 equal, 32 any kind.
    """
    table = np.zeros(27, np.uint8)
    sign = {"<": -1, "=": 0, ">": 1}
    for code in range(27):
        ij, jk, ik = code // 9 - 1, code // 3 % 3 - 1, code % 3 - 1
        ties = (ij == 0) + (jk == 0) + (ik == 0)
        # Consistent iff numbers a_i > a_j etc. exist; with one relation per pair that fails in
        # exactly three ways, told apart by how many of the three relations are ties.
        wins = np.array([[0, ij, ik], [-ij, 0, jk], [-ik, -jk, 0]])
        beats = wins > 0
        if ties == 0 and (beats.sum(axis=1) == 1).all():
            table[code] = 1
        elif ties == 1 and beats.sum(axis=1).max() == 1 and beats.sum(axis=0).max() == 1:
            table[code] = 2
        elif ties == 2:
            table[code] = 4
    for patterns, bit in ((_REFERENCE_CIRCLE, 8), (_REFERENCE_EQUAL, 16)):
        for pattern in patterns:
            ij, jk, ik = (sign[c] for c in pattern)
            table[9 * (ij + 1) + 3 * (jk + 1) + (ik + 1)] |= bit
    table[table > 0] |= 32
    return table


_KIND_TABLE: Final = _kind_table()


def kind_of_codes() -> NDArray[np.int8]:
    """Number into KINDS of every code 16 r_ij + 4 r_jk + r_ik, (64,), -1 for none; relations as r + 1, 3 = unknown."""
    kinds = np.full(64, -1, np.int8)
    for code in range(27):
        ij, jk, ik = code // 9, code // 3 % 3, code % 3
        for number in range(len(KINDS)):
            if _KIND_TABLE[code] & (1 << number):
                kinds[16 * ij + 4 * jk + ik] = number
    return kinds


@dataclass(frozen=True, slots=True)
class TripleCounts:
    """Triples of one question whose three relations are known, and the inconsistent ones by kind."""

    known: int
    strict_cycle: int
    broken_chain: int
    contradicted_tie: int

    @property
    def inconsistent(self) -> int:
        """All inconsistent triples."""
        return self.strict_cycle + self.broken_chain + self.contradicted_tie


def count_triples(relations: NDArray[np.int8]) -> TripleCounts:
    """Triples of one question by kind, exactly, from its relations (n, n).

    With A = wins and E = ties as 0/1 matrices: strict cycles = tr(A^3)/3, broken chains =
    sum E*(A A), contradicted ties = sum A*(E E), known triples = tr(K^3)/6. Each asks for all
    three relations, so unknown ones drop out by themselves. Entries of one product stay below
    2^24, so float32 matrix products are exact; sums are taken in float64.
    """
    wins = (relations == 1).astype(np.float32)
    ties = (relations == 0).astype(np.float32)
    np.fill_diagonal(ties, 0.0)
    known = wins + wins.T + ties
    two_wins = wins @ wins

    def total(mask: NDArray[np.float32], paths: NDArray[np.float32]) -> int:
        return int(np.einsum("ij,ij->", mask, paths, dtype=np.float64))

    return TripleCounts(
        known=total(known, known @ known) // 6,
        strict_cycle=total(wins.T, two_wins) // 3,
        broken_chain=total(ties, two_wins),
        contradicted_tie=total(wins, ties @ ties),
    )


@dataclass(frozen=True, eq=False)
class SubsetCounts:
    """k-subsets of each question: all pairs known (``subsets``) and holding an inconsistent triple.

    ``kinds`` and ``reference_types`` count a subset once under each kind that occurs in it.
    ``exact`` is False for questions with more than MOST_SUBSETS subsets, whose counts are 0.
    """

    k: int
    subsets: NDArray[np.int64]  # (Q,)
    violations: NDArray[np.int64]  # (Q,)
    kinds: dict[str, NDArray[np.int64]]  # (Q,) each
    reference_types: dict[str, NDArray[np.int64]]  # (Q,) each
    exact: NDArray[np.bool_]  # (Q,)


def triple_members(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """All i<j<k below n in colexicographic order (by k, then j, then i), three (C(n,3),) arrays."""
    i, j = _pair_members(n)
    counts = np.array([comb(k, 2) for k in range(n)], np.int64)
    position = np.concatenate([np.arange(c) for c in counts]) if n else np.zeros(0, np.int64)
    return i[position], j[position], np.repeat(np.arange(n), counts)


def _pair_members(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    j = np.repeat(np.arange(n), np.arange(n))
    i = np.concatenate([np.arange(c) for c in range(n)]) if n else np.zeros(0, np.int64)
    return i.astype(np.int64), j


def triple_flags(relations: NDArray[np.int8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Flags and knownness of every triple, (Q, n, n) -> (Q, T), (Q, T), triples in the order of `triple_members`.

    Flag bits: 1 strict cycle, 2 broken chain, 4 contradicted tie, 8 circle, 16 equal; 0 where consistent or unknown.
    """
    flags = _flag_columns(relations)
    known = flags < _UNKNOWN_BIT
    return np.where(known, flags & 31, 0).T.copy(), known.T.copy()


def _flag_columns(relations: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Flags of every triple as the subsets start from them, (Q, n, n) -> (T, Q): 32 any kind, 64 not fully known."""
    i, j = _pair_members(relations.shape[1])
    pairs = np.ascontiguousarray(relations[:, i, j].T)  # (pairs, Q), so that a triple picks three whole rows
    unknown = pairs == UNKNOWN
    pairs[unknown] = 0
    first, second, third = triple_members(relations.shape[1])
    ij, jk, ik = (b * (b - 1) // 2 + a for a, b in ((first, second), (second, third), (first, third)))
    # At most 26: int8 arithmetic cannot wrap.
    flags: NDArray[np.uint8] = _KIND_TABLE[9 * pairs[ij] + 3 * pairs[jk] + pairs[ik] + np.int8(13)]
    if unknown.any():
        flags[unknown[ij] | unknown[jk] | unknown[ik]] = _UNKNOWN_BIT
    return flags


def count_subsets(relations: NDArray[np.int8], ks: Sequence[int] = (3, 4, 5)) -> dict[int, SubsetCounts]:
    """Inconsistent k-subsets of every question, exactly, (Q, n, n) -> per k counts of shape (Q,).

    A subset counts if all its pairs are known; it violates if any of its triples is
    inconsistent (NTR_k, paper section 3.2). One byte per subset and question holds its flags. In
    colexicographic order the subsets with largest member e are the (k-1)-subsets below e, and
    every triple of S + e lies in S or in S + e without one of any three members of S: so a
    subset is decided by OR-ing four smaller ones, for all questions at once.
    """
    questions, n, _ = relations.shape
    wanted = sorted(set(ks))
    countable = [k for k in wanted if comb(n, k) <= MOST_SUBSETS]
    counts = {k: _nothing(k, questions, exact=k in countable) for k in wanted}
    if 3 in counts and 3 not in countable:  # too many to list, yet triples can be counted by matrix products
        counts[3] = _triples_by_products(relations)
    deepest = max((k for k in countable if k <= n), default=0)
    if deepest < 3:
        return counts
    without = {k: _ranks_without_one(n, k - 1) for k in range(4, deepest + 1)}
    # Long levels are fastest as one column; short ones share the Python steps between many questions.
    step = 1 if n > 40 else max(1, MOST_BYTES // comb(n, max(3, deepest - 1)))
    for start in range(0, questions, step):
        group = slice(start, min(start + step, questions))
        for k, rows in _levels(relations[group], deepest, without):
            if k in counts:
                _store(counts[k], group, _tally(rows))
    return counts


def _levels(
    relations: NDArray[np.int8], deepest: int, without: dict[int, list[NDArray[np.int32]]]
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """For k = 3 to ``deepest``: pieces of the flags of all k-subsets, (rows, Q), whole up to the last level."""
    questions, n, _ = relations.shape
    level = _flag_columns(relations)
    yield 3, level
    for k in range(4, deepest + 1):
        whole = k < deepest or comb(n, k) * questions <= MOST_BYTES
        following = np.empty((comb(n, k) if whole else comb(n - 1, k - 1), questions), np.uint8)
        picked = np.empty((comb(n - 1, k - 1), questions), np.uint8)
        for e in range(k - 1, n):
            size = comb(e, k - 1)
            begin = comb(e, k) if whole else 0
            rows = following[begin : begin + size]
            rows[:] = level[:size]
            with_e = level[size : size + comb(e, k - 2)]
            for rank in without[k]:
                # "clip" skips a check of every rank; they are below the length by construction.
                rows |= np.take(with_e, rank[:size], axis=0, out=picked[:size], mode="clip")
            if not whole:
                yield k, rows
        level = following
        if whole:
            yield k, level


def _tally(level: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Subsets per flag and question among those fully known, then all fully known ones, (N, Q) -> (F + 1, Q)."""
    rows = len(level)
    spare = np.empty_like(level)  # one buffer for all flags: fresh megabytes cost more than the sums
    unknown = _column_sums(level, _UNKNOWN_BIT, spare)
    if unknown.any():
        # A subset that is not fully known does not count at all, whatever its known triples say.
        level = level * (level < _UNKNOWN_BIT)
    return np.stack([*(_column_sums(level, bit, spare) for bit in _FLAGS), rows - unknown])


def _column_sums(level: NDArray[np.uint8], bit: int, spare: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many rows have the bit in each column, (N, Q) -> (Q,). ``spare`` (N, Q) is overwritten.

    Halves are added onto each other as bytes, seven times, which cannot overflow: many times
    faster than NumPy's own sum, which widens every byte to eight first.
    """
    np.bitwise_and(level, bit, out=spare)
    if level.shape[1] == 1:
        return np.array([np.count_nonzero(spare)], np.int64)
    np.not_equal(spare, 0, out=spare.view(np.bool_))
    counts = np.zeros(level.shape[1], np.int64)
    rows = len(level)
    for _ in range(7):
        if rows % 2:
            counts += spare[rows - 1]
        rows //= 2
        spare[:rows] += spare[rows : 2 * rows]
    counts += spare[:rows].sum(axis=0, dtype=np.int64)
    return counts


def _store(counts: SubsetCounts, group: slice, tally: NDArray[np.int64]) -> None:
    counts.violations[group] += tally[0]
    counts.subsets[group] += tally[-1]
    for row, kind in enumerate(KINDS, 1):
        counts.kinds[kind][group] += tally[row]
    for row, name in enumerate(REFERENCE_TYPES, 4):
        counts.reference_types[name][group] += tally[row]


@lru_cache(maxsize=4)
def _ranks_without_one(n: int, size: int) -> list[NDArray[np.int32]]:
    """Colex ranks of all subsets of ``size`` below n - 1 without their first, second, third member, (C(n-1, size),)."""
    members = _subsets(n - 1, size)
    binomial = np.array([[comb(a, b) for b in range(size + 1)] for a in range(n)], np.int64)
    ranks = []
    for dropped in range(min(size, 3)):
        rest = np.delete(members, dropped, axis=0)
        rank = sum((binomial[row, b + 1] for b, row in enumerate(rest)), np.zeros(members.shape[1], np.int64))
        ranks.append(rank.astype(np.int32))
    return ranks


def _subsets(n: int, size: int) -> NDArray[np.int64]:
    """All subsets of that size below n in colexicographic order, one row per member, (size, C(n, size))."""
    if size == 0:
        return np.zeros((0, 1), np.int64)
    smaller = _subsets(n - 1, size - 1) if n > 0 else np.zeros((size - 1, 0), np.int64)
    counts = np.array([comb(e, size - 1) for e in range(n)], np.int64)
    position = np.concatenate([np.arange(c) for c in counts]) if n else np.zeros(0, np.int64)
    return np.vstack([smaller[:, position], np.repeat(np.arange(n), counts)[None, :]])


def _nothing(k: int, questions: int, exact: bool = True) -> SubsetCounts:
    def zeros() -> NDArray[np.int64]:
        return np.zeros(questions, np.int64)

    return SubsetCounts(
        k=k,
        subsets=zeros(),
        violations=zeros(),
        kinds={kind: zeros() for kind in KINDS},
        reference_types={name: zeros() for name in REFERENCE_TYPES},
        exact=np.full(questions, exact),
    )


def _triples_by_products(relations: NDArray[np.int8]) -> SubsetCounts:
    counted = [count_triples(matrix) for matrix in relations]
    nothing = _nothing(3, len(counted))
    return SubsetCounts(
        k=3,
        subsets=np.array([c.known for c in counted], np.int64),
        violations=np.array([c.inconsistent for c in counted], np.int64),
        kinds={kind: np.array([getattr(c, kind) for c in counted], np.int64) for kind in KINDS},
        reference_types=nothing.reference_types,
        exact=nothing.exact,
    )


@dataclass(frozen=True, eq=False)
class Triples:
    """Inconsistent triples of one question, as local response numbers i<j<k, with their kind."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    k: NDArray[np.int64]
    kind: NDArray[np.int64]  # number into KINDS


def inconsistent_triples(relations: NDArray[np.int8]) -> Triples:
    """Every inconsistent triple of one question, (n, n) -> arrays of one length, in colexicographic order."""
    flags, _ = triple_flags(relations[None])
    where = np.flatnonzero(flags[0] & 7)
    i, j, k = triple_members(relations.shape[0])
    kind = np.log2(flags[0][where] & 7).astype(np.int64)
    return Triples(i[where], j[where], k[where], kind)


def chance_level(k: int, tie_rate: float) -> float:
    """NTR_k of a judge that draws every relation independently with that tie rate; NaN for a NaN rate.

    One minus the probability that the drawn relations are a weak order: summed over the sizes
    of its tie groups, k!/prod(b!) orders, each with t per tied and (1-t)/2 per decided pair.
    """
    if not 0.0 <= tie_rate <= 1.0:
        return float("nan")
    win = (1.0 - tie_rate) / 2.0
    # consistent[m] sums the weight of all weak orders on m responses, by the size of the best group.
    consistent = [1.0] + [0.0] * k
    for m in range(1, k + 1):
        consistent[m] = sum(
            comb(m, b) * tie_rate ** comb(b, 2) * win ** (b * (m - b)) * consistent[m - b] for b in range(1, m + 1)
        )
    return 1.0 - consistent[k]


@dataclass(frozen=True, eq=False)
class Conflicts:
    """Score against comparison for N pairs: which conflict, and the three-way split."""

    known: NDArray[np.bool_]  # (N,) both sides known
    conflict: NDArray[np.bool_]  # (N,)
    reversal: NDArray[np.bool_]  # (N,) both decide, for different responses
    score_tie: NDArray[np.bool_]  # (N,) scores tie, comparison decides
    comparison_tie: NDArray[np.bool_]  # (N,) comparison ties, scores decide


def score_conflicts(score_sign: NDArray[np.int8], relation: NDArray[np.int8]) -> Conflicts:
    """Conflict iff the sign of the score gap differs from the relation, (N,) and (N,) -> (N,) each."""
    known = (score_sign != UNKNOWN) & (relation != UNKNOWN)
    conflict = known & (score_sign != relation)
    score_tie = conflict & (score_sign == 0)
    comparison_tie = conflict & (relation == 0)
    return Conflicts(known, conflict, conflict & ~score_tie & ~comparison_tie, score_tie, comparison_tie)
