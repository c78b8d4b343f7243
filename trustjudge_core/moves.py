"""Which verdicts moved whom: the ranking before and after, and what it would be without some of them.

A verdict *explains* a move if the move needs it. For an entry that moved, the corrected cases that took
points from it or from those it changed places with are listed, largest effect first, down to the point where
the entry, ranked again without them, stands where the judge alone had put it. Without the last of
them it would not: the list is as short as this order allows, and anybody can check it by ranking again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.bradley_terry import bradley_terry, soft_bradley_terry
from trustjudge_core.comparisons import Comparisons, comparisons
from trustjudge_core.correction import CorrectedEvidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.hodge_ranking import hodge_rank
from trustjudge_core.kemeny import kemeny
from trustjudge_core.ranking import Ranking, RankingMethod, copeland
from trustjudge_core.records import UNKNOWN
from trustjudge_core.settings import Aggregation

BY_COMPARISON: Final[dict[RankingMethod, Callable[[Comparisons], Ranking]]] = {
    "copeland": lambda tally: copeland(tally.wins, tally.ties),
    "bradley_terry": lambda tally: bradley_terry(tally.wins, tally.ties),
    "bradley_terry_soft": lambda tally: soft_bradley_terry(tally.soft_wins, tally.soft_ties, tally.wins),
    "kemeny": lambda tally: kemeny(tally.wins, tally.ties),
    "hodge_rank": lambda tally: hodge_rank(tally.flow, tally.compared, tally.wins),
}
"""Methods that verdicts about pairs can move, from pooled tallies."""

_SOFT: Final = ("bradley_terry_soft", "hodge_rank")


@dataclass(frozen=True, eq=False)
class Field:
    """Who is ranked: ``entry`` (R,) is the entry of every response, -1 for none; ``question`` None pools all."""

    entry: NDArray[np.int64]
    names: tuple[str, ...]
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What people's word about one case changed: points of the entry and of those it changed places with.

    ``case`` is the pair's row; ``before`` and ``after`` its relation. ``points``: a win is 1, a tie 1/2, or
    the change of probability for methods that weigh probabilities; positive moves the entry the way it went.
    """

    case: int
    before: int
    after: int
    points: float


@dataclass(frozen=True, slots=True)
class Move:
    """An entry whose rank changed, and why. ``passed`` are the entries that it changed places with.

    ``without`` is its rank when ranked without the listed effects: ``rank_before`` or beyond, unless ``whole``
    is False: then all effects on these entries together do not suffice, the rest came by way of others.
    """

    entry: int
    rank_before: int
    rank_after: int
    passed: tuple[int, ...]
    effects: tuple[Effect, ...]
    without: int
    whole: bool


def field_of_systems(evidence: Evidence) -> Field:
    """All systems, questions pooled; no entries without system names."""
    names = tuple(sorted({s for s in evidence.index.systems if s}))
    number = {name: n for n, name in enumerate(names)}
    entry = np.array([number.get(s, -1) if s else -1 for s in evidence.index.systems], np.int64)
    return Field(entry, names)


def field_of_question(evidence: Evidence, question: int) -> Field:
    """The responses of one question."""
    start, stop = evidence.index.offsets[question : question + 2].tolist()
    entry = np.full(len(evidence.index.response_ids), -1, np.int64)
    entry[start:stop] = np.arange(stop - start)
    return Field(entry, evidence.index.response_ids[start:stop], question)


class Moves:
    """Ranks of a field by one method before and after correction, and the explanation of every change."""

    def __init__(
        self,
        before: Evidence,
        after: CorrectedEvidence,
        field: Field,
        method: RankingMethod,
        aggregation: Aggregation,
        tolerance: float,
    ) -> None:
        self._before, self._after, self._field = before, after, field
        self._rank = BY_COMPARISON[method]
        self._soft = method in _SOFT
        self._setting = (aggregation, tolerance)
        self.rank_before = self._ranked(before)
        self.rank_after = self._ranked(after)

    def _ranked(self, evidence: Evidence) -> NDArray[np.int64]:
        return self._rank(self._tally(evidence)).rank

    def _tally(self, evidence: Evidence) -> Comparisons:
        each = comparisons(evidence, *self._setting, self._field.entry, len(self._field.names))
        return each.pooled() if self._field.question is None else each.of_question(self._field.question)

    def tallies(self) -> tuple[Comparisons, Comparisons]:
        """Comparisons between the entries by the judge alone and corrected, (n, n) each."""
        return self._tally(self._before), self._tally(self._after)

    def moved(self) -> list[int]:
        """Entries whose rank changed, the furthest first."""
        distance = np.abs(self.rank_before - self.rank_after)
        return [int(n) for n in np.argsort(-distance, kind="stable") if distance[n]]

    def explain(self, entry: int) -> Move:
        """Why an entry moved; no effects for one that did not, or that one of the rankings leaves out."""
        rank_before, rank_after = int(self.rank_before[entry]), int(self.rank_after[entry])
        passed = self._passed(entry)
        if rank_before == rank_after or not rank_before or not rank_after:
            return Move(entry, rank_before, rank_after, passed, (), rank_after, whole=rank_before == rank_after)
        effects = self._effects(entry, passed, upwards=rank_after < rank_before)

        def back(count: int) -> bool:
            rank = self._without(entry, effects[:count])
            return rank >= rank_before if rank_after < rank_before else 0 < rank <= rank_before

        if not back(len(effects)):
            without = self._without(entry, effects)
            return Move(entry, rank_before, rank_after, passed, tuple(effects), without, whole=False)
        # Bisection: ``low`` effects do not bring it back, ``high`` do.
        low, high = 0, len(effects)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if back(middle) else (middle, high)
        needed = effects[:high]
        return Move(entry, rank_before, rank_after, passed, tuple(needed), self._without(entry, needed), whole=True)

    def _passed(self, entry: int) -> tuple[int, ...]:
        """Entries on the other side of this one, or level with it, after as against before."""
        before = np.sign(self.rank_before - self.rank_before[entry])
        after = np.sign(self.rank_after - self.rank_after[entry])
        ranked = (self.rank_before > 0) & (self.rank_after > 0)
        return tuple(np.flatnonzero(ranked & (before != after)).tolist())

    def _effects(self, entry: int, passed: tuple[int, ...], *, upwards: bool) -> list[Effect]:
        """Corrected cases that moved this entry the way it went, largest effect first."""
        table = self._after.table
        before, after = self._before.relation(*self._setting), self._after.relation(*self._setting)
        change = self._points(self._after, after) - self._points(self._before, before)  # of i, minus those of j
        # Each passed entry is one overtaking: the entry's own points count in all of them, a passed one's in one.
        weight = np.zeros(len(self._field.names) + 1)  # the last place is for responses that are no entry
        weight[list(passed)] = -1.0
        weight[entry] = max(1, len(passed))
        i, j = self._field.entry[table.i], self._field.entry[table.j]
        points = change / 2.0 * (weight[i] - weight[j]) * (1.0 if upwards else -1.0)
        here = self._after.decided & (i >= 0) & (j >= 0) & (i != j) & (points > 1e-12)
        if self._field.question is not None:
            here &= table.question == self._field.question
        cases = np.flatnonzero(here)
        cases = cases[np.argsort(-points[cases], kind="stable")]
        return [Effect(int(c), int(before[c]), int(after[c]), float(points[c])) for c in cases]

    def _points(self, evidence: Evidence, relation: NDArray[np.int8]) -> NDArray[np.float64]:
        """Points of i minus those of j for every pair, (N,) in [-1, 1]; 0 where it is unknown."""
        said = np.where(relation == UNKNOWN, 0, relation).astype(np.float64)
        if not self._soft:
            return said
        probs = evidence.preference(self._setting[0]).probs
        with np.errstate(invalid="ignore", divide="ignore"):
            soft = (probs[:, 0] - probs[:, 1]) / probs.sum(axis=1)
        return np.where((relation != UNKNOWN) & np.isfinite(soft), soft, said)

    def _without(self, entry: int, effects: list[Effect]) -> int:
        """Rank of an entry when the verdicts on these cases had not been given."""
        votes = self._after.votes.copy()
        votes[[effect.case for effect in effects]] = 0
        return int(self._ranked(CorrectedEvidence(self._before, votes, self._after.weight))[entry])
