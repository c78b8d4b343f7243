"""Comparisons between entries of a leaderboard, counted and weighed, per question."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.evidence import Evidence
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation
from trustjudge_core.structure import preference_flow


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Tallies between n entries, (Q, n, n) per question or (n, n) pooled; [i, j] is of i against j.

    ``wins`` and symmetric ``ties`` count relations; ``soft_wins`` and ``soft_ties`` add up probabilities
    (relations where an aggregation has none); ``flow`` adds up logits, antisymmetric.
    """

    wins: NDArray[np.float64]
    ties: NDArray[np.float64]
    soft_wins: NDArray[np.float64]
    soft_ties: NDArray[np.float64]
    flow: NDArray[np.float64]

    @cached_property
    def compared(self) -> NDArray[np.float64]:
        """Comparisons between i and j."""
        return self.wins + np.swapaxes(self.wins, -1, -2) + self.ties

    def pooled(self) -> Comparisons:
        """All questions together."""
        return Comparisons(*(getattr(self, part.name).sum(axis=0) for part in fields(self)))

    def resampled(self, weights: NDArray[np.floating]) -> Comparisons:
        """R weighted sums over questions, (R, Q) -> tallies (R, n, n)."""
        return Comparisons(*(weighted(getattr(self, part.name), weights) for part in fields(self)))

    def of_questions(self, questions: NDArray[np.int64]) -> Comparisons:
        """Some questions, per question."""
        return Comparisons(*(getattr(self, part.name)[questions] for part in fields(self)))

    def among(self, entries: NDArray[np.int64]) -> Comparisons:
        """Those between some entries alone, (m,)."""
        return Comparisons(*(getattr(self, part.name)[..., entries[:, None], entries] for part in fields(self)))

    def of_question(self, question: int) -> Comparisons:
        """One question alone."""
        return Comparisons(*(getattr(self, part.name)[question] for part in fields(self)))


def weighted(tally: NDArray[np.float64], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """R weighted sums of one tally over questions, (Q, n, n) and (R, Q) -> (R, n, n)."""
    questions, n, _ = tally.shape
    cells = tally.reshape(questions, n * n)
    met = np.flatnonzero(cells.any(axis=0))
    if 2 * len(met) > n * n:
        return np.asarray((weights @ cells).reshape(len(weights), n, n), np.float64)
    # Among hundreds of entries most never meet.
    found = np.zeros((len(weights), n * n))
    found[:, met] = weights @ cells[:, met]
    return found.reshape(len(weights), n, n)


def without_one(tally: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of one tally over all questions but one, for each of them, (Q, n, n) -> (Q, n, n)."""
    rest = tally.sum(axis=0) - tally
    # What rounding leaves of a sum that was nothing else is nothing.
    return np.where(np.abs(rest) < 1e-9, 0.0, rest)


def comparisons(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, entry: NDArray[np.int64], entries: int
) -> Comparisons:
    """Tallies per question between entries; ``entry`` (R,) is the entry of every response, -1 for none.

    Two responses of the same entry are not compared.
    """
    table = evidence.table
    relation = evidence.relation(aggregation, tolerance)
    i, j = entry[table.i], entry[table.j]
    use = np.flatnonzero((relation != UNKNOWN) & (i >= 0) & (j >= 0) & (i != j))
    i, j, relation, question = i[use], j[use], relation[use], table.question[use]
    probs = evidence.preference(aggregation).probs[use]
    total = probs.sum(axis=1, keepdims=True)
    said = np.stack([relation == 1, relation == -1, relation == 0], axis=1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        soft = np.where(total > 0, probs / total, said)
    flow = preference_flow(evidence, aggregation, tolerance)[use]

    def tally(of_i: NDArray[np.float64], of_j: NDArray[np.float64]) -> NDArray[np.float64]:
        questions = len(evidence.index.question_ids)
        cell = (question * entries + i) * entries + j
        turned = (question * entries + j) * entries + i
        size = questions * entries * entries
        found = np.bincount(cell, of_i, size) + np.bincount(turned, of_j, size)
        return np.asarray(found, np.float64).reshape(questions, entries, entries)

    return Comparisons(
        wins=tally(said[:, 0], said[:, 1]),
        ties=tally(said[:, 2], said[:, 2]),
        soft_wins=tally(soft[:, 0], soft[:, 1]),
        soft_ties=tally(soft[:, 2], soft[:, 2]),
        flow=tally(flow, -flow),
    )
