"""Presentations: which case was shown to whom, in which order, under which rubric."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from db import bulk, moments
from db.tables import presentations, questions, responses, verdicts
from trustjudge_core.errors import NotFound
from trustjudge_core.review_records import Presentation


def store(
    connection: Connection,
    *,
    token: str,
    set_id: int,
    run_id: int,
    person: str,
    rubric_id: int | None,
    first_id: int | None = None,
    second_id: int | None = None,
    response_id: int | None = None,
) -> int:
    """Store what is being shown; responses are rows. Returns the id."""
    return bulk.insert_one(
        connection,
        presentations,
        token=token,
        response_set_id=set_id,
        run_id=run_id,
        person=person,
        first_id=first_id,
        second_id=second_id,
        response_id=response_id,
        rubric_id=rubric_id,
        created_at=moments.now(),
    )


def find(connection: Connection, token: str) -> Presentation:
    """The presentation with that token. Raises NotFound."""
    row = connection.execute(_records().where(presentations.c.token == token)).first()
    if row is None:
        raise NotFound(
            "this case was not shown by this database; allowed: a verdict on a case that the queue showed; "
            "open the review again"
        )
    return _record(row)


def unanswered(connection: Connection, set_id: int, since: datetime) -> list[Presentation]:
    """Pairs of a set shown since then that got no verdict yet, newest first."""
    c = presentations.c
    answered = select(verdicts.c.presentation_id).where(verdicts.c.presentation_id == c.id).exists()
    query = (
        _records()
        .where(c.response_set_id == set_id, c.created_at >= since, c.first_id.is_not(None), ~answered)
        .order_by(c.id.desc())
    )
    return [_record(row) for row in connection.execute(query)]


def _records() -> Select[Any]:
    c = presentations.c
    first, second, scored = responses.alias("first"), responses.alias("second"), responses.alias("scored")
    return (
        select(
            *(c.id, c.token, c.response_set_id, c.run_id, c.person, questions.c.key),
            *(first.c.key, second.c.key, scored.c.key, c.rubric_id, c.created_at),
        )
        .select_from(presentations)
        .outerjoin(first, c.first_id == first.c.id)
        .outerjoin(second, c.second_id == second.c.id)
        .outerjoin(scored, c.response_id == scored.c.id)
        .join(questions, questions.c.id == func.coalesce(first.c.question_id, scored.c.question_id))
    )


def _record(row: Any) -> Presentation:
    presentation_id, token, set_id, run_id, person, question, first, second, scored, rubric_id, created_at = row
    return Presentation(
        presentation_id=presentation_id,
        token=token,
        set_id=set_id,
        run_id=run_id,
        person=person,
        question_id=question,
        first=first,
        second=second,
        response_id=scored,
        rubric_id=rubric_id,
        created_at=moments.utc(created_at),
    )
