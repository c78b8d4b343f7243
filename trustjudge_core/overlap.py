"""Several people on the same cases: who still has to look at what, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.cases import Cases
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review_records import ReviewColumns
from trustjudge_core.votes import majority, newest_of_each, placed


@dataclass(frozen=True, eq=False)
class CaseStates:
    """Where every case stands under one rubric version, (N,) each.

    ``votes`` (N, 3) count people by what they say, j wins, tie, i wins; each person by their newest verdict.
    ``people`` decided it, ``seen_by_me`` says whether one person did, or could not tell, and ``others_later`` whether
    somebody else decided after them. ``disagreement``: not all say the same; ``split``: and no answer is the most
    frequent one.
    """

    votes: NDArray[np.int64]
    seen_by_me: NDArray[np.bool_]
    others_later: NDArray[np.bool_]
    overlap: int

    @property
    def people(self) -> NDArray[np.int64]:
        """How many people decided each case."""
        total: NDArray[np.int64] = self.votes.sum(axis=1)
        return total

    @property
    def disagreement(self) -> NDArray[np.bool_]:
        """Cases about which people do not all say the same."""
        several: NDArray[np.bool_] = (self.votes > 0).sum(axis=1) > 1
        return several

    @property
    def split(self) -> NDArray[np.bool_]:
        """Cases without one most frequent answer."""
        top = self.votes == self.votes.max(axis=1, keepdims=True)
        tied: NDArray[np.bool_] = self.disagreement & (top.sum(axis=1) > 1)
        return tied

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Enough people decided and one answer prevails."""
        enough: NDArray[np.bool_] = (self.people >= self.overlap) & ~self.split
        return enough

    @property
    def relation(self) -> NDArray[np.int8]:
        """What people say, UNKNOWN where nobody decided."""
        return majority(self.votes)

    def open_for_me(self, held: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Cases that this person should be shown: not settled, not seen, not on enough other screens (``held``) now.

        A split case is put back in the queue: it stays open for everybody who has not seen it, beyond the overlap.
        """
        wanted = np.where(self.split, self.people + 1, self.overlap)
        is_open: NDArray[np.bool_] = ~self.settled & ~self.seen_by_me & (self.people + held < wanted)
        return is_open

    @property
    def to_reconsider(self) -> NDArray[np.bool_]:
        """Split cases for this person to look at, again unless they did so after everybody else."""
        again: NDArray[np.bool_] = self.split & (~self.seen_by_me | self.others_later)
        return again


def case_states(cases: Cases, given: ReviewColumns, person: str, overlap: int, rubric: int) -> CaseStates:
    """States from the standing verdicts that were given under that version of the rubric.

    A verdict under another version leaves the case open: changing the rubric reopens it.
    """
    place, said = placed(cases.table, given.verdicts, len(cases.index.response_ids))
    annotator = given.verdicts.annotator
    newest = newest_of_each(place, annotator, (place >= 0) & (given.rubric == rubric))
    decided = newest[given.verdicts.verdict[newest] != UNKNOWN]
    votes = np.zeros((len(cases), 3), np.int64)
    np.add.at(votes, (place[decided], said[decided] + 1), 1)
    me = np.array([name == person for name in given.verdicts.annotators], np.bool_)
    by_me = me[annotator[newest]] if len(me) else np.zeros(0, np.bool_)
    mine, others = np.full((2, len(cases)), -1, np.int64)
    np.maximum.at(mine, place[newest[by_me]], newest[by_me])
    np.maximum.at(others, place[newest[~by_me]], newest[~by_me])
    return CaseStates(votes, mine >= 0, others > mine, overlap)
