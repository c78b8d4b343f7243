"""From preferences to win, tie or loss at a tolerance, per pair and as matrices per question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.preferences import Preferences
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.scores import ROUNDING
from trustjudge_core.settings import Mode


def relations(preference: Preferences, tolerance: float, mode: Mode) -> NDArray[np.int8]:
    """Relation of each pair, (N,) in {1 i wins, 0 tie, -1 j wins, UNKNOWN}.

    likelihood: a tie when the lead <= tolerance (reference: lead < tolerance). ppl: decided when
    the gap > tolerance. baseline: verdicts have no margin, the tolerance changes nothing.
    """
    if preference.aggregation == "baseline":
        return preference.choice
    if preference.aggregation == "likelihood" and mode == "reference":
        tie = preference.lead < tolerance
    elif mode == "reference":
        tie = ~(preference.lead > tolerance)
    else:
        tie = ~(preference.lead > tolerance + ROUNDING)
    return np.where(preference.known & tie, np.int8(0), preference.choice)


class PairPlaces(Protocol):
    """N pairs i < j by response number with their question, (N,) each; a `PairTable` is one."""

    @property
    def i(self) -> NDArray[np.int64]: ...

    @property
    def j(self) -> NDArray[np.int64]: ...

    @property
    def question(self) -> NDArray[np.int64]: ...


@dataclass(frozen=True, eq=False)
class RelationBlock:
    """Relations of all questions that have the same number of responses."""

    questions: NDArray[np.int64]  # (B,) question numbers
    relations: NDArray[np.int8]  # (B, n, n) antisymmetric, diagonal 0, UNKNOWN where not compared


def relation_blocks(index: SetIndex, table: PairPlaces, relation: NDArray[np.int8]) -> list[RelationBlock]:
    """Relation matrices of every question with at least two responses, grouped by their number n."""
    sizes = np.diff(index.offsets)
    blocks = []
    for n in np.unique(sizes[sizes >= 2]):
        questions = np.flatnonzero(sizes == n)
        place = np.full(len(sizes), -1, np.int64)
        place[questions] = np.arange(len(questions))
        inside = np.flatnonzero(place[table.question] >= 0)
        matrices = np.full((len(questions), n, n), UNKNOWN, np.int8)
        matrices[:, np.arange(n), np.arange(n)] = 0
        q = place[table.question[inside]]
        start = index.offsets[table.question[inside]]
        i, j, r = table.i[inside] - start, table.j[inside] - start, relation[inside]
        matrices[q, i, j] = r
        matrices[q, j, i] = np.where(r == UNKNOWN, r, -r)
        blocks.append(RelationBlock(questions, matrices))
    return blocks


def relation_matrix(index: SetIndex, table: PairPlaces, relation: NDArray[np.int8], question: int) -> NDArray[np.int8]:
    """Relations of one question, (n, n) antisymmetric, diagonal 0, UNKNOWN where not compared."""
    start, stop = index.offsets[question], index.offsets[question + 1]
    n = int(stop - start)
    matrix = np.full((n, n), UNKNOWN, np.int8)
    np.fill_diagonal(matrix, 0)
    inside = table.question == question
    i, j, r = table.i[inside] - start, table.j[inside] - start, relation[inside]
    matrix[i, j] = r
    matrix[j, i] = np.where(r == UNKNOWN, r, -r)
    return matrix


def relation_words(i: str, j: str, relation: int) -> str:
    """`a > b`, `a = b`, or that nothing is known."""
    if relation == UNKNOWN:
        return "nothing usable"
    return {1: f"{i} > {j}", -1: f"{j} > {i}", 0: f"{i} = {j}"}[relation]
