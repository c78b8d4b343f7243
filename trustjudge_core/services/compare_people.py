"""People against each other and the judge against people, from the verdicts that stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine

from trustjudge_core.accuracy import (
    Accuracy,
    Calibration,
    accuracy,
    accuracy_by_category,
    calibration,
    calibration_by_category,
)
from trustjudge_core.bootstrap import QuestionBootstrap
from trustjudge_core.people import PeopleAgreement, opinions, people_agreement
from trustjudge_core.records import SetIndex
from trustjudge_core.services.corrected_ranking import correct
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.votes import majority


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A pair that people see differently: who prefers which response, or calls it a tie. For `Choice.pairs`."""

    question_id: str
    a: str
    b: str
    for_a: tuple[str, ...]
    tie: tuple[str, ...]
    for_b: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PeopleAndJudge:
    """Agreement among people, and the judge's accuracy, kappa and calibration by what most of them said."""

    people: PeopleAgreement
    overall: Accuracy
    by_category: dict[str, Accuracy]
    calibration: Calibration
    calibration_by_category: dict[str, Calibration]
    disagreements: tuple[Disagreement, ...]


def compare_people(
    engine: Engine, ground: ReviewGround, people: Collection[str] | None = None, *, resamples: int = 1000, seed: int = 0
) -> PeopleAndJudge:
    """Everybody's standing verdicts, or those of some people. Raises UsageError for one who decided nothing here."""
    corrected = correct(engine, ground, people=people)
    cases, index = ground.cases, ground.cases.index
    bootstrap = QuestionBootstrap(len(index.question_ids), resamples, seed)
    votes = corrected.evidence.votes
    said = majority(votes)
    among = people_agreement(opinions(index, corrected.given.verdicts), bootstrap)
    return PeopleAndJudge(
        people=among,
        overall=accuracy(cases, said, bootstrap),
        by_category=accuracy_by_category(ground.evidence, cases, said, bootstrap),
        calibration=calibration(cases, votes, bootstrap),
        calibration_by_category=calibration_by_category(ground.evidence, cases, votes, bootstrap),
        disagreements=tuple(_disagreement(among, index, row) for row in among.disagreements.tolist()),
    )


def _disagreement(among: PeopleAgreement, index: SetIndex, row: int) -> Disagreement:
    found = among.opinions
    a, tie, b = (
        tuple(name for name, said in zip(found.people, found.said[row], strict=True) if said == wanted)
        for wanted in (1, 0, -1)
    )
    i, j = int(found.i[row]), int(found.j[row])
    return Disagreement(
        index.question_ids[int(found.question[row])], index.response_ids[i], index.response_ids[j], a, tie, b
    )
