"""Inconsistent subsets: our counts against the published enumeration, and triples of one large question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from bench.published_enumeration import PlainCounts, count_plainly, relation_table
from bench.random_relations import random_relations
from trustjudge_core.inconsistencies import TripleCounts, count_triples
from trustjudge_core.subsets import SubsetCounts, count_subsets

T = TypeVar("T")

FAST_PER_ROUND = 20
"""Repeats of the fast side between two of the slow side; milliseconds need more tries for a calm one."""


@dataclass(frozen=True)
class ChainRatio:
    """NTR_k of ``questions`` questions: seconds of both sides, the slow one scaled up from ``plain_questions``."""

    k: int
    questions: int
    responses: int
    seconds: float
    plain_seconds: float
    plain_questions: int
    equal: bool

    @property
    def ratio(self) -> float:
        """How many times faster."""
        return self.plain_seconds / self.seconds


def same_counts(ours: SubsetCounts, question: int, plain: PlainCounts) -> bool:
    """Whether both ways count the same subsets, violations and types in one question."""
    return (plain.subsets, plain.violations, plain.circle, plain.equal) == (
        ours.subsets[question],
        ours.violations[question],
        ours.reference_types["circle"][question],
        ours.reference_types["equal"][question],
    )


def measure_chains(
    k: int, questions: int, responses: int, plain_questions: int, rounds: int, seed: int, kinds: bool = False
) -> ChainRatio:
    """Count once per round on both sides in turn, so that both meet the same machine; the best round counts.

    Seconds are processor time of this thread: both sides use one thread, and what else runs on the
    machine is not theirs. Each side starts from its own input: relations as an array, as dictionaries. Both
    count what the published code counts: subsets, violations and the two published types; with ``kinds`` our
    side counts the three label-invariant kinds as well.
    """
    relations = random_relations(questions, responses, np.random.default_rng(seed))
    chosen = range(min(plain_questions, questions))
    tables = [relation_table(relations[q]) for q in chosen]
    # The first call also prepares index tables that later ones reuse.
    ours = count_subsets(relations, (k,), kinds=kinds)[k]
    fast, slow = [], []
    plain: list[PlainCounts] = []
    for _ in range(rounds):
        seconds, plain = _timed(lambda: [count_plainly(table, responses, k) for table in tables])
        slow.append(seconds * questions / len(tables))
        for _ in range(FAST_PER_ROUND):
            seconds, ours = _timed(lambda: count_subsets(relations, (k,), kinds=kinds)[k])
            fast.append(seconds)
    equal = all(same_counts(ours, q, plain[q]) for q in chosen)
    return ChainRatio(k, questions, responses, min(fast), min(slow), len(tables), equal)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.thread_time()
    result = work()
    return time.thread_time() - start, result


@dataclass(frozen=True)
class LargeCount:
    """Seconds on the clock to count all k-subsets of one question, and what was counted."""

    seconds: float
    subsets: int
    violations: int
    exact: bool


def measure_large(responses: int, k: int, seed: int) -> LargeCount:
    """All k-subsets of one large question by kind, some of its pairs unknown."""
    relations = random_relations(1, responses, np.random.default_rng(seed), unknown_rate=0.01)
    start = time.perf_counter()
    counts = count_subsets(relations, (k,), published=False)[k]
    seconds = time.perf_counter() - start
    return LargeCount(seconds, int(counts.subsets[0]), int(counts.violations[0]), bool(counts.exact.all()))


def measure_triples(responses: int, seed: int) -> tuple[float, TripleCounts]:
    """Seconds on the clock to count all triples of one question by kind, and the counts."""
    relations = random_relations(1, responses, np.random.default_rng(seed), unknown_rate=0.01)[0]
    start = time.perf_counter()
    counts = count_triples(relations)
    return time.perf_counter() - start, counts
