"""Undo: take back the newest verdict one gave here, so that its case can be decided again at once."""

from __future__ import annotations

from sqlalchemy import Engine

from db import rubrics, verdict_history
from db.engine import writing
from trustjudge_core.review import named
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.services.show_case import ShownCase, present
from trustjudge_core.services.withdraw_verdict import take_back


def undo_verdict(engine: Engine, ground: ReviewGround, person: str) -> ShownCase | None:
    """Withdraw the person's newest standing verdict on this set and show its case again, sides as before.

    Undoing again goes one further back. None when there is nothing left to undo.
    """
    person = named(person)
    with writing(engine) as connection:
        newest = verdict_history.latest_of(connection, ground.set_id, person)
        if newest is None:
            return None
        take_back(connection, newest, person)
        rubric_id, rubric = rubrics.current(connection, ground.set_id)
        ids = [key for key in (newest.first, newest.second, newest.response_id) if key is not None]
        return present(connection, ground, person, newest.question_id, ids, rubric_id, rubric)
