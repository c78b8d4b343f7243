"""Several opinions on the same pairs: runs, judges, methods or modes side by side, with the same denominators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence, MethodScores
from trustjudge_core.position import position
from trustjudge_core.records import UNKNOWN, SetIndex
from trustjudge_core.settings import Aggregation
from trustjudge_core.tallies import (
    Tally,
    accuracy_tally,
    chain_tallies,
    conflict_tallies,
    gold_relation,
    tally,
    tie_tally,
)
from trustjudge_core.votes import count_votes, majority


@dataclass(frozen=True, eq=False)
class Opinion:
    """What one run says, read in one way, about N pairs i < j, and what gold scores and people say about them.

    ``share`` is P(i wins) + P(tie) / 2 (NaN where only the relation is known), ``lead`` how far the
    preferred outcome is ahead, ``score_sign`` the sign of the score gap, ``consistent`` 1 or 0 by whether
    both orders have the same verdict. Relations and signs are UNKNOWN where they cannot be told.
    """

    name: str
    scores: NDArray[np.float64]  # (R,) NaN where there is none
    i: NDArray[np.int64]  # (N,)
    j: NDArray[np.int64]  # (N,)
    question: NDArray[np.int64]  # (N,)
    relation: NDArray[np.int8]  # (N,)
    lead: NDArray[np.float64]  # (N,)
    share: NDArray[np.float64]  # (N,)
    score_sign: NDArray[np.int8]  # (N,)
    consistent: NDArray[np.int8]  # (N,)
    gold: NDArray[np.int8]  # (N,)
    people: NDArray[np.int8]  # (N,)

    def at(self, rows: NDArray[np.int64]) -> Opinion:
        """The opinion on some of its pairs."""
        kept = {field.name: getattr(self, field.name)[rows] for field in fields(self)[2:]}
        return replace(self, **kept)


def opinion(
    evidence: Evidence, aggregation: Aggregation, tolerance: float, scores: MethodScores | None, name: str
) -> Opinion:
    """A run read by one aggregation, tolerance and (if any) score method."""
    table, index = evidence.table, evidence.index
    preference, swap = evidence.preference(aggregation), position(table)
    total = preference.probs.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (preference.probs[:, 0] + preference.probs[:, 2] / 2.0) / total
    unknown = np.full(len(table), UNKNOWN, np.int8)
    votes = count_votes(table, evidence.run.verdicts, len(index.response_ids))
    return Opinion(
        name=name,
        scores=np.full(len(index.response_ids), np.nan) if scores is None else scores.scores,
        i=table.i,
        j=table.j,
        question=table.question,
        relation=evidence.relation(aggregation, tolerance),
        lead=preference.lead,
        share=share,
        score_sign=unknown if scores is None else evidence.score_sign(scores, tolerance),
        consistent=np.where(swap.known, swap.consistent.astype(np.int8), unknown),
        gold=gold_relation(index, table),
        people=majority(votes),
    )


class SamePairs:
    """Opinions about one response set, brought onto the pairs that all of them were asked about.

    A measure counts a pair only if every opinion has what it needs: differences then compare like
    with like. Raises UsageError for fewer than two opinions.
    """

    def __init__(self, index: SetIndex, opinions: Sequence[Opinion]) -> None:
        if len(opinions) < 2:
            raise UsageError(f"{len(opinions)} opinion to compare; allowed: two or more; add another run or method")
        responses = max(1, len(index.response_ids))
        keys = [opinion.i * responses + opinion.j for opinion in opinions]
        shared = reduce(np.intersect1d, keys)
        self.index = index
        self.asked = [len(key) for key in keys]
        self.opinions = [o.at(np.searchsorted(key, shared)) for o, key in zip(opinions, keys, strict=True)]
        self.related = self._known("relation")
        self.scored = self.related & self._known("score_sign")
        self.swapped = self._known("consistent")

    def __len__(self) -> int:
        return len(self.related)

    def _known(self, name: str) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = np.all([getattr(opinion, name) != UNKNOWN for opinion in self.opinions], axis=0)
        return known

    def lost(self) -> list[tuple[str, str, int]]:
        """Which opinion is the reason that how many pairs do not count: opinion, reason, pairs."""
        found = []
        for opinion, asked in zip(self.opinions, self.asked, strict=True):
            unusable = int((opinion.relation == UNKNOWN).sum())
            for reason, count in (("not asked of every other", asked - len(self)), ("no usable preference", unusable)):
                if count:
                    found.append((opinion.name, reason, count))
        return found

    def tallies(self, opinion: Opinion, ks: Sequence[int], seed: int = 0) -> dict[str, Tally]:
        """Every measure of one of the opinions; those without any pair are left out."""
        question, questions = opinion.question, len(self.index.question_ids)
        relation = np.where(self.related, opinion.relation, np.int8(UNKNOWN))
        sign = np.where(self.scored, opinion.score_sign, np.int8(UNKNOWN))
        found = conflict_tallies(sign, relation, question, questions)
        found |= chain_tallies(self.index, opinion, relation, ks, seed)[0]
        found["tie_rate"] = tie_tally(relation, question, questions)
        found["position_consistency"] = tally(opinion.consistent == 1, self.swapped, question, questions)
        found["accuracy_gold"] = accuracy_tally(relation, opinion.gold, question, questions)
        found["accuracy_people"] = accuracy_tally(relation, opinion.people, question, questions)
        return {name: entry for name, entry in found.items() if entry.totals.any()}
