"""The published way to count inconsistent k-subsets, plainly: three nested enumerations, dictionary look-ups.

Written from a description, not from its code: for each question, for
each k-subset of its responses with all pairs known, for each triple of the subset, the three
relations are looked up in a dictionary and their pattern is compared with the 14 inconsistent
ones. Every triple is looked at, because a subset is counted once under
each type that occurs in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN

CIRCLE = frozenset({">><", ">=<", "=><", "=<>", "<=>", "<<>"})
EQUAL = frozenset({">>=", ">==", "=>=", "==>", "==<", "=<=", "<==", "<<="})
SIGN = {1: ">", 0: "=", -1: "<"}


@dataclass
class PlainCounts:
    """Subsets with all pairs known, and those of them that hold an inconsistent triple, also by type."""

    subsets: int = 0
    violations: int = 0
    circle: int = 0
    equal: int = 0


def relation_table(relations: NDArray[np.int8]) -> dict[tuple[int, int], str]:
    """Known relations of one question, (n, n) -> {(i, j): ">", "=" or "<"} for i < j."""
    n = len(relations)
    return {(i, j): SIGN[int(relations[i, j])] for i, j in combinations(range(n), 2) if relations[i, j] != UNKNOWN}


def count_plainly(table: Mapping[tuple[int, int], str], responses: int, k: int) -> PlainCounts:
    """Counts of one question, by enumeration."""
    counts = PlainCounts()
    for subset in combinations(range(responses), k):
        if not all(pair in table for pair in combinations(subset, 2)):
            continue
        types = set()
        for i, j, m in combinations(subset, 3):
            pattern = table[i, j] + table[j, m] + table[i, m]
            if pattern in CIRCLE:
                types.add("circle")
            elif pattern in EQUAL:
                types.add("equal")
        counts.subsets += 1
        counts.violations += bool(types)
        counts.circle += "circle" in types
        counts.equal += "equal" in types
    return counts
