"""Rankings of one run: of the responses of each question, and of systems with questions pooled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.evidence import Evidence
from trustjudge_core.ranking import (
    RANKING_METHODS,
    Ranking,
    bradley_terry,
    copeland,
    expected_score,
    win_counts,
    with_interval,
)
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation
from trustjudge_core.structure import question_relations


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """One ranking with the names of its entries: system names, or response ids of ``question``."""

    scope: str  # "system" or "question"
    question: str | None
    names: tuple[str, ...]
    ranking: Ranking
    wins: NDArray[np.float64]  # (n, n) comparisons won
    ties: NDArray[np.float64]  # (n, n)

    @property
    def order(self) -> list[int]:
        """Entries by rank, best first, unranked ones last, equal ranks by name."""
        rank = self.ranking.rank
        return sorted(range(len(self.names)), key=lambda n: (rank[n] == 0, rank[n], self.names[n]))


def system_leaderboards(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, *, resamples: int = 2000, seed: int = 0
) -> list[Leaderboard]:
    """Systems by every ranking method that the judgments support, with intervals; empty without system names.

    A comparison of two responses of the same system counts for nothing.
    """
    names = tuple(sorted({s for s in evidence.index.systems if s}))
    if len(names) < 2:
        return []
    number = {name: n for n, name in enumerate(names)}
    system = np.array([number.get(s, -1) if s else -1 for s in evidence.index.systems], np.int64)
    wins, ties = _pooled(evidence, evidence.relation(aggregation, tolerance), system, len(names))
    bootstrap = QuestionBootstrap(len(evidence.index.question_ids), resamples, seed)
    boards = []
    total_wins, total_ties = wins.sum(axis=0), ties.sum(axis=0)
    for method in RANKING_METHODS:
        if method == "expected_score":
            ranking = _system_scores(evidence, system, len(names), total_wins, bootstrap)
            if ranking is None:
                continue
        elif not total_wins.any() and not total_ties.any():
            continue
        else:
            rank = copeland if method == "copeland" else bradley_terry
            ranking = with_interval(rank(total_wins, total_ties), wins, ties, bootstrap)
        boards.append(Leaderboard("system", None, names, ranking, total_wins, total_ties))
    return boards


def _pooled(
    evidence: Evidence, relation: NDArray[np.int8], system: NDArray[np.int64], systems: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wins and ties between systems per question, (Q, S, S) each."""
    table = evidence.table
    questions = len(evidence.index.question_ids)
    i, j = system[table.i], system[table.j]
    use = (relation != UNKNOWN) & (i >= 0) & (j >= 0) & (i != j)
    wins = np.zeros((questions, systems, systems))
    ties = np.zeros((questions, systems, systems))
    for winner, loser, where in ((i, j, use & (relation == 1)), (j, i, use & (relation == -1))):
        np.add.at(wins, (table.question[where], winner[where], loser[where]), 1.0)
    tied = use & (relation == 0)
    np.add.at(ties, (table.question[tied], i[tied], j[tied]), 1.0)
    np.add.at(ties, (table.question[tied], j[tied], i[tied]), 1.0)
    return wins, ties


def _system_scores(
    evidence: Evidence, system: NDArray[np.int64], systems: int, wins: NDArray[np.float64], bootstrap: QuestionBootstrap
) -> Ranking | None:
    """Mean expected score of each system over its responses, with intervals over questions."""
    scores = evidence.default_scores
    if scores is None:
        return None
    use = np.isfinite(scores.scores) & (system >= 0)
    questions = len(evidence.index.question_ids)
    sums, counts = np.zeros((questions, systems)), np.zeros((questions, systems))
    np.add.at(sums, (evidence.question_of[use], system[use]), scores.scores[use])
    np.add.at(counts, (evidence.question_of[use], system[use]), 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ranking = expected_score(sums.sum(axis=0) / counts.sum(axis=0), wins)
        draws = (bootstrap.weights @ sums) / (bootstrap.weights @ counts)
    low, high = ranking.low.copy(), ranking.high.copy()
    for n in range(systems):
        low[n], high[n] = bootstrap.interval(draws[:, n])
    return Ranking(ranking.method, ranking.strength, low, high, ranking.rank, ranking.contradicted, ranking.remark)


def question_leaderboards(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, question: int
) -> list[Leaderboard]:
    """Responses of one question by every ranking method that its judgments support. No intervals: one question."""
    index = evidence.index
    start, stop = int(index.offsets[question]), int(index.offsets[question + 1])
    relations = question_relations(evidence, aggregation, tolerance, question)
    wins, ties = win_counts(relations)
    names = index.response_ids[start:stop]
    found: list[Ranking] = []
    if wins.any() or ties.any():
        found += [copeland(wins, ties), bradley_terry(wins, ties)]
    scores = evidence.default_scores
    if scores is not None and np.isfinite(scores.scores[start:stop]).any():
        found.append(expected_score(scores.scores[start:stop], wins))
    return [Leaderboard("question", index.question_ids[question], names, ranking, wins, ties) for ranking in found]


def leaderboards(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[Leaderboard]:
    """Systems first, then every question in order."""
    yield from system_leaderboards(evidence, aggregation, tolerance)
    for question in range(len(evidence.index.question_ids)):
        yield from question_leaderboards(evidence, aggregation, tolerance, question)
