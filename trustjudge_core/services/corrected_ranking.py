"""The ranking by the judge alone and with people's verdicts, side by side, and why each entry moved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from db import rubrics, verdict_history
from db.engine import reading
from trustjudge_core.correction import DECIDES, CorrectedEvidence
from trustjudge_core.errors import UsageError
from trustjudge_core.leaderboard import Leaderboard, question_leaderboards, system_leaderboards
from trustjudge_core.moves import BY_COMPARISON, Move, Moves, field_of_question, field_of_systems
from trustjudge_core.ranking import RankingMethod
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review_records import ReviewColumns
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.votes import count_votes, newest_of_each, placed


@dataclass(frozen=True, eq=False)
class Corrected:
    """Evidence with the verdicts in it, and what they are.

    ``given`` are the standing verdicts that count; ``elsewhere`` of them are about pairs that the judge was not
    asked about and change nothing; ``older`` were given under an earlier rubric than today's and count
    all the same. ``evidence.decided`` marks the pairs that people decided.
    """

    ground: ReviewGround
    evidence: CorrectedEvidence
    given: ReviewColumns
    elsewhere: int
    older: int

    @property
    def decided(self) -> int:
        """Pairs that people decided."""
        return int(self.evidence.decided.sum())

    def verdicts_on(self, case: int) -> list[int]:
        """Ids of the verdicts that count for a pair."""
        place, _ = placed(self.ground.cases.table, self.given.verdicts, len(self.ground.cases.index.response_ids))
        return [int(row) for row in self.given.row[place == case]]

    def people_on(self, cases: Collection[int]) -> dict[int, tuple[str, ...]]:
        """Who decided each of these pairs, in the order in which they did."""
        place, _ = placed(self.ground.cases.table, self.given.verdicts, len(self.ground.cases.index.response_ids))
        names, annotator = self.given.verdicts.annotators, self.given.verdicts.annotator
        return {case: tuple(names[annotator[n]] for n in np.flatnonzero(place == case)) for case in cases}


@dataclass(frozen=True, eq=False)
class CorrectedRanking:
    """Every method before and after; ``before[m]`` and ``after[m]`` are of one method and the same entries."""

    before: tuple[Leaderboard, ...]
    after: tuple[Leaderboard, ...]


def correct(
    engine: Engine, ground: ReviewGround, weight: float = DECIDES, people: Collection[str] | None = None
) -> Corrected:
    """The evidence of a run with the standing verdicts of everybody, or of some people, counting with a weight.

    Raises UsageError for a weight outside 0 to 1 or a person who decided nothing here.
    """
    with reading(engine) as connection:
        given = verdict_history.review_columns(connection, ground.set_id, ground.numbers)
        rubric = rubrics.current(connection, ground.set_id)[1].version
    unknown = sorted(set(people or ()) - set(given.verdicts.annotators))
    if unknown:
        allowed = ", ".join(given.verdicts.annotators) or "nobody yet"
        raise UsageError(f"{unknown[0]!r} decided nothing here; allowed: {allowed}; choose among them")
    responses = len(ground.cases.index.response_ids)
    counted = given.only(_counted(ground, given, people))
    place, _ = placed(ground.cases.table, counted.verdicts, responses)
    votes = count_votes(ground.cases.table, counted.verdicts, responses)
    return Corrected(
        ground=ground,
        evidence=CorrectedEvidence(ground.evidence, votes, weight),
        given=counted,
        elsewhere=int((place < 0).sum()),
        older=int((counted.rubric != rubric).sum()),
    )


def _counted(ground: ReviewGround, given: ReviewColumns, people: Collection[str] | None) -> NDArray[np.bool_]:
    """Verdicts that decide something, (V,): of each person the newest about a pair."""
    annotator = given.verdicts.annotator
    place, _ = placed(ground.cases.table, given.verdicts, len(ground.cases.index.response_ids))
    chosen = np.array([people is None or name in people for name in given.verdicts.annotators], np.bool_)
    wanted = chosen[annotator] if len(chosen) else np.zeros(0, np.bool_)
    newest = newest_of_each(place, annotator, wanted & (place >= 0))
    counted = wanted & (place < 0)
    counted[newest] = True
    decides: NDArray[np.bool_] = counted & (given.verdicts.verdict != UNKNOWN)
    return decides


def corrected_ranking(corrected: Corrected, question: int | None = None) -> CorrectedRanking:
    """Systems (or the responses of one question) by every method, by the judge alone and corrected."""
    ground = corrected.ground
    setting = (ground.aggregation, ground.tolerance)
    both = []
    for evidence in (ground.evidence, corrected.evidence):
        if question is None:
            both.append(tuple(system_leaderboards(evidence, *setting)))
        else:
            both.append(tuple(question_leaderboards(evidence, *setting, question)))
    return CorrectedRanking(*both)


def explain_moves(corrected: Corrected, method: RankingMethod, question: int | None = None) -> list[Move]:
    """Why each entry moved by a method, the furthest move first. Raises UsageError for a method without comparisons."""
    if method not in BY_COMPARISON:
        raise UsageError(
            f"{method} does not look at comparisons, so no verdict about a pair moves it; allowed: "
            f"{', '.join(BY_COMPARISON)}; choose one of them"
        )
    ground = corrected.ground
    field = field_of_systems(ground.evidence) if question is None else field_of_question(ground.evidence, question)
    moves = Moves(ground.evidence, corrected.evidence, field, method, ground.aggregation, ground.tolerance)
    return [moves.explain(entry) for entry in moves.moved()]
