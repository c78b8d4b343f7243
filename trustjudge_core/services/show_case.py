"""Show a case to a person: its sides stored as shown, under a token that lets one verdict through."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from db import presentations, response_sets, rubrics
from db.engine import writing
from trustjudge_core.errors import NotFound
from trustjudge_core.records import Question
from trustjudge_core.review import named
from trustjudge_core.review_records import Presentation, Rubric
from trustjudge_core.services.open_review import ReviewGround


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case on one person's screen: two texts in their shown order, or one response.

    ``token`` goes back with the verdict. Ids and systems are not for the screen: reviewing is blind.
    """

    token: str
    presentation: Presentation
    question: str | None
    reference: str | None
    question_rubric: str | None
    first: str | None
    second: str | None
    rubric: Rubric
    expected_seconds: float


def show_response(engine: Engine, ground: ReviewGround, person: str, question_id: str, response_id: str) -> ShownCase:
    """One response, for a person to score. Raises NotFound."""
    person = named(person)
    with writing(engine) as connection:
        rubric_id, rubric = rubrics.current(connection, ground.set_id)
        return present(connection, ground, person, question_id, [response_id], rubric_id, rubric)


def present(
    connection: Connection,
    ground: ReviewGround,
    person: str,
    question_id: str,
    ids: list[str],
    rubric_id: int | None,
    rubric: Rubric,
) -> ShownCase:
    """Store that these responses (one or two, in their shown order) are being shown, and read what to show."""
    rows = response_sets.find_rows(connection, ground.set_id, question_id, ids)
    missing = [response for response in ids if response not in rows]
    if missing:
        raise NotFound(
            f"response {missing[0]!r} is not in question {question_id!r}; allowed: the responses of its questions; "
            "choose one of them"
        )
    token = secrets.token_hex(16)
    pair = len(ids) == 2
    presentations.store(
        connection,
        token=token,
        set_id=ground.set_id,
        run_id=ground.run_id,
        person=person,
        rubric_id=rubric_id,
        first_id=rows[ids[0]] if pair else None,
        second_id=rows[ids[1]] if pair else None,
        response_id=None if pair else rows[ids[0]],
    )
    return shown_case(connection, ground, presentations.find(connection, token), rubric)


def shown_case(connection: Connection, ground: ReviewGround, presentation: Presentation, rubric: Rubric) -> ShownCase:
    """What to show of a presentation."""
    question = response_sets.read_question(connection, ground.set_id, presentation.question_id)
    case = case_of(ground, presentation)
    return ShownCase(
        token=presentation.token,
        presentation=presentation,
        question=question.text,
        reference=question.reference,
        question_rubric=question.rubric,
        first=_text(question, presentation.first or presentation.response_id),
        second=_text(question, presentation.second),
        rubric=rubric,
        expected_seconds=float("nan") if case is None else float(ground.cases.seconds[case]),
    )


def _text(question: Question, response_id: str | None) -> str | None:
    return next((r.text for r in question.responses if r.response_id == response_id), None)


def case_of(ground: ReviewGround, presentation: Presentation) -> int | None:
    """The case that was shown; None when it is not one of this run's."""
    if presentation.first is None or presentation.second is None:
        return None
    try:
        return ground.case_number(presentation.question_id, presentation.first, presentation.second)
    except NotFound:
        return None
