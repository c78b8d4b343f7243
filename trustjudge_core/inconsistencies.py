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

from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN
from trustjudge_core.triples_of_many import triples_of_many

KINDS: Final = ("strict_cycle", "broken_chain", "contradicted_tie")
REFERENCE_TYPES: Final = ("circle", "equal")
KIND_IN_WORDS: Final = {
    "strict_cycle": "strict cycle",
    "broken_chain": "broken chain",
    "contradicted_tie": "contradicted tie",
}

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


PATTERN_FLAGS: Final = _kind_table()
"""Flags of each of the 27 patterns: 1, 2, 4 the kinds, 8 circle, 16 equal, 32 any kind."""


def kind_of_codes() -> NDArray[np.int8]:
    """Number into KINDS of every code 16 r_ij + 4 r_jk + r_ik, (64,), -1 for none; relations as r + 1, 3 = unknown."""
    kinds = np.full(64, -1, np.int8)
    for code in range(27):
        ij, jk, ik = code // 9, code // 3 % 3, code % 3
        for number in range(len(KINDS)):
            if PATTERN_FLAGS[code] & (1 << number):
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
    """Triples of one question by kind, exactly, from its relations (n, n)."""
    return TripleCounts(*(int(count) for count in triples_of_many(relations[None])[:, 0]))


def triple_members(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """All i<j<k below n in colexicographic order (by k, then j, then i), three (C(n,3),) arrays."""
    i, j = pair_members(n)
    counts = np.array([comb(k, 2) for k in range(n)], np.int64)
    position = np.concatenate([np.arange(c) for c in counts]) if n else np.zeros(0, np.int64)
    return i[position], j[position], np.repeat(np.arange(n), counts)


def pair_members(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All i<j below n in colexicographic order (by j, then i), two (C(n,2),) arrays; j(j-1)/2 + i is the place."""
    j = np.repeat(np.arange(n), np.arange(n))
    i = np.concatenate([np.arange(c) for c in range(n)]) if n else np.zeros(0, np.int64)
    return i.astype(np.int64), j


def triple_flags(relations: NDArray[np.int8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Flags and knownness of every triple, (Q, n, n) -> (Q, T), (Q, T), triples in the order of `triple_members`.

    Flag bits: 1 strict cycle, 2 broken chain, 4 contradicted tie, 8 circle, 16 equal; 0 where consistent or unknown.
    """
    i, j = pair_members(relations.shape[1])
    pairs = np.ascontiguousarray(relations[:, i, j].T)  # (pairs, Q), so that a triple picks three whole rows
    unknown = pairs == UNKNOWN
    pairs[unknown] = 0
    first, second, third = triple_members(relations.shape[1])
    ij, jk, ik = (b * (b - 1) // 2 + a for a, b in ((first, second), (second, third), (first, third)))
    known = ~(unknown[ij] | unknown[jk] | unknown[ik])
    # At most 26: int8 arithmetic cannot wrap.
    flags = PATTERN_FLAGS[9 * pairs[ij] + 3 * pairs[jk] + pairs[ik] + np.int8(13)] & 31
    return np.where(known, flags, 0).astype(np.uint8).T.copy(), known.T.copy()


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
