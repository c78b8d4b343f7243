"""Inconsistent k-subsets of every question (NTR_k): counted exactly where that can be done, sampled beyond, and said.

A k-subset counts if all its pairs are known; it violates if any of its triples is inconsistent
(paper section 3.2). Three ways lead to the same counts: bits over questions for many small ones
(subset_bits.py), bits over responses for large ones (large_subsets.py), matrix products for triples of very large ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError
from trustjudge_core.inconsistencies import KINDS, PATTERN_FLAGS, REFERENCE_TYPES
from trustjudge_core.large_subsets import count_by_member
from trustjudge_core.sampled_subsets import MOST_DRAWN, draw_subsets
from trustjudge_core.subset_bits import QUESTIONS_TOGETHER, count_by_question

MOST_SUBSETS: Final = 100_000_000
"""Up to so many subsets of one question are counted one by one, which takes about a second; above, some are drawn."""

MOST_LISTED: Final = 1_000_000
"""Up to so many subsets of one question are listed as rows for all questions at once."""

_FEW_QUESTIONS: Final = 16
_FEW_SUBSETS: Final = 20_000

_FLAG_OF: Final = {"any": 32, "strict_cycle": 1, "broken_chain": 2, "contradicted_tie": 4, "circle": 8, "equal": 16}


@dataclass(frozen=True, eq=False)
class SubsetCounts:
    """k-subsets of each question: all pairs known (``subsets``) and holding an inconsistent triple.

    ``kinds`` and ``reference_types`` count a subset once under each kind that occurs in it.
    ``drawn`` is 0 where the counts are exact; elsewhere so many subsets were drawn at random, of
    which ``drawn_known`` were known, and the counts are scaled up to all subsets of the question.
    """

    k: int
    subsets: NDArray[np.int64]  # (Q,)
    violations: NDArray[np.int64]  # (Q,)
    kinds: dict[str, NDArray[np.int64]]  # (Q,) each
    reference_types: dict[str, NDArray[np.int64]]  # (Q,) each, empty unless asked for
    drawn: NDArray[np.int64]  # (Q,)
    drawn_known: NDArray[np.int64]  # (Q,)

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Questions whose counts are exact, (Q,)."""
        exact: NDArray[np.bool_] = self.drawn == 0
        return exact


def count_subsets(
    relations: NDArray[np.int8],
    ks: Sequence[int] = (3, 4, 5),
    *,
    published: bool = True,
    kinds: bool = True,
    seed: int = 0,
    most_drawn: int = MOST_DRAWN,
) -> dict[int, SubsetCounts]:
    """Inconsistent k-subsets of every question, (Q, n, n) -> per k counts of shape (Q,).

    ``published`` and ``kinds`` say whether those are wanted too. Triples are always exact, larger subsets up to
    MOST_SUBSETS a question; beyond, ``most_drawn`` are drawn per question. Raises UsageError for
    a k of more subsets than can be numbered.
    """
    questions, n, _ = relations.shape
    names = ("any", *(KINDS if kinds else ()), *(REFERENCE_TYPES if published else ()))
    flags = [_FLAG_OF[name] for name in names]
    tables = {k: np.zeros((len(names) + 1, questions), np.int64) for k in ks}
    drawn = {k: np.zeros((2, questions), np.int64) for k in ks}
    listed = [k for k in tables if _listed(questions, n, k)]
    for start in range(0, questions if listed else 0, QUESTIONS_TOGETHER):
        group = slice(start, start + QUESTIONS_TOGETHER)
        for k, table in count_by_question(relations[group], listed, flags).items():
            tables[k][:, group] = table
    for k in tables:
        if k in listed or k > n:
            continue
        for question, matrix in enumerate(relations):
            if k == 3:
                tables[k][:, question] = _patterns(matrix, flags)
            elif comb(n, k) <= MOST_SUBSETS:
                tables[k][:, question] = count_by_member(matrix, k, flags)
            else:
                rng = np.random.default_rng([seed, k, question])
                sample = draw_subsets(matrix, k, flags, most_drawn, rng)
                drawn[k][:, question] = most_drawn, sample[0]
                tables[k][:, question] = _scaled(sample, most_drawn, n, k)
    return {k: _named(k, names, tables[k], drawn[k]) for k in tables}


def _listed(questions: int, n: int, k: int) -> bool:
    subsets = comb(n, k)
    return 0 < subsets <= (MOST_LISTED if questions >= _FEW_QUESTIONS else _FEW_SUBSETS)


def _scaled(sample: NDArray[np.int64], drawn: int, n: int, k: int) -> NDArray[np.int64]:
    """Counts among the drawn subsets as counts among all subsets of a question, (F + 1,) -> (F + 1,)."""
    if comb(n, k) > np.iinfo(np.int64).max:
        raise UsageError(
            f"k {k} gives {float(comb(n, k)):.1e} subsets of {n:,} responses; allowed: up to 9.2e18; choose a smaller k"
        )
    return np.array([count * comb(n, k) // drawn for count in sample.tolist()], np.int64)


def _patterns(relations: NDArray[np.int8], flags: Sequence[int]) -> NDArray[np.int64]:
    """Known triples, then those with every flag, of one question by matrix products, (n, n) -> (F + 1,).

    With U_r = 1 where i < j have relation r: the triples of a pattern (r, s, t) are sum U_t * (U_r U_s). Entries of a
    product stay below 2^24, so float32 is exact; sums are taken in float64.
    """
    upper = [np.triu(relations == r, 1).astype(np.float32) for r in (-1, 0, 1)]
    counts = np.zeros(27)
    for ij in range(3):
        for jk in range(3):
            paths = upper[ij] @ upper[jk]
            for ik in range(3):
                counts[9 * ij + 3 * jk + ik] = np.einsum("ij,ij->", upper[ik], paths, dtype=np.float64)
    held = [counts.sum(), *(counts[PATTERN_FLAGS & flag > 0].sum() for flag in flags)]
    return np.array(held).astype(np.int64)


def _named(k: int, names: Sequence[str], table: NDArray[np.int64], drawn: NDArray[np.int64]) -> SubsetCounts:
    place = {name: number for number, name in enumerate(names, 1)}
    return SubsetCounts(
        k=k,
        subsets=table[0],
        violations=table[place["any"]],
        kinds={name: table[place[name]] for name in KINDS if name in place},
        reference_types={name: table[place[name]] for name in REFERENCE_TYPES if name in place},
        drawn=drawn[0],
        drawn_known=drawn[1],
    )
