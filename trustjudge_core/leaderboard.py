"""Rankings of one run: of the responses of each question, and of systems with questions pooled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.bradley_terry import bradley_terry, soft_bradley_terry
from trustjudge_core.bradley_terry_many import bradley_terry_many
from trustjudge_core.cheapest_orders import SolverClock, cheapest_orders
from trustjudge_core.comparisons import Comparisons, comparisons
from trustjudge_core.evidence import Evidence
from trustjudge_core.hodge_ranking import hodge_rank, hodge_rank_many
from trustjudge_core.kemeny import kemeny, prices, ranking_of
from trustjudge_core.ranking import (
    RANKING_METHODS,
    Ranking,
    RankingMethod,
    copeland,
    copeland_many,
    expected_score_many,
)
from trustjudge_core.ranking_intervals import mean_score, with_interval
from trustjudge_core.settings import Aggregation


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
    evidence: Evidence,
    aggregation: Aggregation,
    tolerance: float,
    *,
    resamples: int = 2000,
    seed: int = 0,
    clock: SolverClock | None = None,
    methods: Collection[RankingMethod] = RANKING_METHODS,
) -> list[Leaderboard]:
    """Systems by every ranking method that the judgments support, with intervals; empty without system names.

    A comparison of two responses of the same system counts for nothing.
    """
    names = tuple(sorted({s for s in evidence.index.systems if s}))
    if len(names) < 2:
        return []
    number = {name: n for n, name in enumerate(names)}
    system = np.array([number.get(s, -1) if s else -1 for s in evidence.index.systems], np.int64)
    each = comparisons(evidence, aggregation, tolerance, system, len(names))
    pooled = each.pooled()
    bootstrap = QuestionBootstrap(len(evidence.index.question_ids), resamples, seed)
    rankings: list[Ranking] = []
    if pooled.compared.any():
        hard = bradley_terry(pooled.wins, pooled.ties)
        soft = soft_bradley_terry(pooled.soft_wins, pooled.soft_ties, pooled.wins)
        order = kemeny(pooled.wins, pooled.ties, clock) if "kemeny" in methods else None
        rankings += [with_interval(r, each, bootstrap) for r in _by_comparison(pooled, hard, soft, order)]
    by_score = _system_scores(evidence, system, len(names), pooled.wins, bootstrap)
    if by_score is not None:
        rankings.append(by_score)
    rankings = [ranking for ranking in rankings if ranking.method in methods]
    return [Leaderboard("system", None, names, ranking, pooled.wins, pooled.ties) for ranking in rankings]


def _by_comparison(tally: Comparisons, hard: Ranking, soft: Ranking, kemeny_order: Ranking | None) -> list[Ranking]:
    """Every ranking that comparisons alone give, in the order of RANKING_METHODS."""
    return [
        copeland(tally.wins, tally.ties),
        hard,
        soft,
        *(() if kemeny_order is None else (kemeny_order,)),
        hodge_rank(tally.flow, tally.compared, tally.wins),
    ]


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
    return mean_score(sums, counts, wins, bootstrap)


def question_leaderboards(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, question: int, clock: SolverClock | None = None
) -> list[Leaderboard]:
    """Responses of one question by every ranking method that its judgments support. No intervals: one question."""
    clock, only = clock or SolverClock(), np.array([question])
    (boards,) = _of_questions(evidence, aggregation, tolerance, only, clock, RANKING_METHODS)
    return boards


def _of_questions(
    evidence: Evidence,
    aggregation: Aggregation,
    tolerance: float,
    questions: NDArray[np.int64],
    clock: SolverClock,
    methods: Collection[RankingMethod],
) -> Iterator[list[Leaderboard]]:
    """Leaderboards of questions with the same number of responses, what takes long worked out together."""
    index = evidence.index
    size = int(index.offsets[questions[0] + 1] - index.offsets[questions[0]])
    place = np.full(len(index.response_ids), -1, np.int64)
    for question in questions:
        place[index.offsets[question] : index.offsets[question + 1]] = np.arange(size)
    each = comparisons(evidence, aggregation, tolerance, place, size).of_questions(questions)
    orders = cheapest_orders(*prices(each.wins), clock) if "kemeny" in methods else None
    by_comparison = {
        "copeland": copeland_many(each.wins, each.ties),
        "bradley_terry": bradley_terry_many(each.wins, each.ties, each.wins),
        "bradley_terry_soft": bradley_terry_many(each.soft_wins, each.soft_ties, each.wins, "bradley_terry_soft"),
        "hodge_rank": hodge_rank_many(each.flow, each.compared, each.wins),
    }
    compared: NDArray[np.bool_] = np.any(each.compared > 0, axis=(1, 2))
    scored = _question_scores(evidence, questions, size, each.wins)
    for number, question in enumerate(questions.tolist()):
        own = slice(int(index.offsets[question]), int(index.offsets[question + 1]))
        wins, ties = each.wins[number], each.ties[number]
        found = {method: rankings[number] for method, rankings in by_comparison.items() if compared[number]}
        if orders is not None and compared[number]:
            found["kemeny"] = ranking_of(orders, number, wins, ties)
        if (by_score := scored[number]) is not None:
            found["expected_score"] = by_score
        yield [
            Leaderboard("question", index.question_ids[question], index.response_ids[own], found[method], wins, ties)
            for method in RANKING_METHODS
            if method in methods and method in found
        ]


def _question_scores(
    evidence: Evidence, questions: NDArray[np.int64], size: int, wins: NDArray[np.float64]
) -> list[Ranking | None]:
    """Order by expected score of every one of some questions of one size; None where no response has a score."""
    scores = evidence.default_scores
    if scores is None:
        return [None] * len(questions)
    of_each = scores.scores[evidence.index.offsets[questions][:, None] + np.arange(size)]
    rankings = expected_score_many(of_each, wins)
    return [ranking if np.isfinite(own).any() else None for ranking, own in zip(rankings, of_each, strict=True)]


def leaderboards(
    evidence: Evidence,
    aggregation: Aggregation,
    tolerance: float,
    clock: SolverClock | None = None,
    methods: Collection[RankingMethod] = RANKING_METHODS,
) -> Iterator[Leaderboard]:
    """Systems first, then every question in order. Without "kemeny" among the methods no solver runs."""
    clock = clock or SolverClock()
    yield from system_leaderboards(evidence, aggregation, tolerance, clock=clock, methods=methods)
    sizes = np.diff(evidence.index.offsets)
    boards: dict[int, list[Leaderboard]] = {}
    for size in np.unique(sizes[sizes > 0]):
        questions = np.flatnonzero(sizes == size)
        found = _of_questions(evidence, aggregation, tolerance, questions, clock, methods)
        boards.update(zip(questions.tolist(), found, strict=True))
    for question in sorted(boards):
        yield from boards[question]
