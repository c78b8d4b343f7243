"""Does it pay? Replay verdicts that people gave once as answers to the queue, and count what is left after each.

The queue sees only answers already given and which cases have one; never the others' answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from trustjudge_core.bradley_terry import bradley_terry
from trustjudge_core.cases import Cases
from trustjudge_core.ranking import copeland, win_counts
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review import Policy, review_queue
from trustjudge_core.review_gain import corrected_relation


@dataclass(frozen=True, slots=True)
class Step:
    """After ``spent`` verdicts: triples still inconsistent, and Kendall's tau to the ranking of all human verdicts."""

    spent: int
    inconsistent_triples: int
    kendall_tau: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """One replay; ``answers`` is how many cases had a human verdict to replay, ``asked`` the cases in their order."""

    policy: Policy
    seed: int
    answers: int
    asked: tuple[int, ...]
    steps: tuple[Step, ...]

    def spent_until(self, left: float) -> int | None:
        """Verdicts after which at most ``left`` inconsistent triples were left for the first time; None if never."""
        return next((step.spent for step in self.steps if step.inconsistent_triples <= left), None)


def simulate(
    cases: Cases, answers: NDArray[np.int8], policy: Policy, budget: int | None = None, seed: int = 0
) -> Simulation:
    """Ask for up to ``budget`` verdicts in the order of a policy. ``answers`` (N,): what people said, else UNKNOWN.

    The gain policy divides by verdicts, not by minutes, because verdicts are what is counted here.
    The random policy draws anew for every verdict.
    """
    votes = np.zeros((len(cases), 3), np.int64)
    open_cases = cases.known & (answers != UNKNOWN)
    answered = int(open_cases.sum())
    most = answered if budget is None else min(budget, answered)
    order = _Order(cases, np.where(open_cases, answers, np.int8(UNKNOWN)))
    steps, asked = [], []
    for spent in range(most + 1):
        drawn = (seed, spent) if policy == "random" else (seed,)
        queue = review_queue(cases, votes, open_cases, policy, per="verdict", seed=drawn)
        steps.append(Step(spent, queue.inconsistent, order.tau()))
        if spent < most:
            case = int(queue.order[0])
            asked.append(case)
            votes[case, answers[case] + 1] += 1
            open_cases[case] = False
            order.update(corrected_relation(cases, votes), case)
    return Simulation(policy, seed, answered, tuple(asked), tuple(steps))


class _Order:
    """Kendall's tau-b between the ranking of the relations so far and that of all human verdicts.

    With systems: both are Bradley-Terry rankings of systems, questions pooled. Without: both are
    Copeland rankings of the responses of a question, and tau is the mean over questions.
    """

    def __init__(self, cases: Cases, answers: NDArray[np.int8]) -> None:
        self._cases = cases
        names = sorted({s for s in cases.index.systems if s})
        number = {name: n for n, name in enumerate(names)}
        system = np.array([number.get(s, -1) if s else -1 for s in cases.index.systems], np.int64)
        self._systems = len(names)
        self._i, self._j = system[cases.table.i], system[cases.table.j]
        self._pooled = (self._i >= 0) & (self._j >= 0) & (self._i != self._j)
        self._by_system = self._systems >= 2 and bool(self._pooled.any())
        self._relation = cases.relation.copy()
        if self._by_system:
            self._wanted = [self._ranked(answers)]
            self._found = [self._ranked(self._relation)]
        else:
            asked = np.unique(cases.table.question[answers != UNKNOWN])
            self._place = {int(q): n for n, q in enumerate(asked)}
            self._wanted = [self._placed(answers, int(q)) for q in asked]
            self._found = [self._placed(self._relation, int(q)) for q in asked]
        self._taus = [_tau(a, b) for a, b in zip(self._found, self._wanted, strict=True)]

    def update(self, relation: NDArray[np.int8], case: int) -> None:
        """Take in the relations after a verdict on one case."""
        if relation[case] == self._relation[case]:
            return
        self._relation = relation
        if self._by_system:
            self._taus[0] = _tau(self._ranked(relation), self._wanted[0])
            return
        question = int(self._cases.table.question[case])
        place = self._place[question]
        self._taus[place] = _tau(self._placed(relation, question), self._wanted[place])

    def tau(self) -> float:
        """The mean over what was ranked; NaN when nothing could be."""
        finite = [tau for tau in self._taus if np.isfinite(tau)]
        return float(np.mean(finite)) if finite else float("nan")

    def _ranked(self, relation: NDArray[np.int8]) -> NDArray[np.int64]:
        """Ranks of the systems, (S,)."""
        wins, ties = np.zeros((2, self._systems, self._systems))
        for winner, loser, said in ((self._i, self._j, 1), (self._j, self._i, -1)):
            use = self._pooled & (relation == said)
            np.add.at(wins, (winner[use], loser[use]), 1.0)
            use = self._pooled & (relation == 0)
            np.add.at(ties, (winner[use], loser[use]), 1.0)
        return bradley_terry(wins, ties).rank

    def _placed(self, relation: NDArray[np.int8], question: int) -> NDArray[np.int64]:
        """Ranks of the responses of a question, (n,)."""
        table, start = self._cases.table, int(self._cases.index.offsets[question])
        n = int(self._cases.index.offsets[question + 1]) - start
        matrix = np.full((n, n), UNKNOWN, np.int8)
        inside = np.flatnonzero(table.question == question)
        i, j, r = table.i[inside] - start, table.j[inside] - start, relation[inside]
        matrix[i, j], matrix[j, i] = r, np.where(r == UNKNOWN, r, -r)
        np.fill_diagonal(matrix, 0)
        return copeland(*win_counts(matrix)).rank


def _tau(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Kendall's tau-b of two rankings over what both rank; NaN when fewer than two or all are equal."""
    both = (one > 0) & (other > 0)
    if both.sum() < 2 or len(set(one[both].tolist())) < 2 or len(set(other[both].tolist())) < 2:
        return float("nan")
    return float(kendalltau(one[both], other[both]).statistic)
