"""One question of a run with the texts of its responses."""

from __future__ import annotations

from sqlalchemy import Engine

from db import response_sets, runs
from db.engine import reading
from trustjudge_core.records import Question


def read_question(engine: Engine, run_id: int, question_id: str) -> Question:
    """The question and its responses, in order of appearance. Raises NotFound."""
    with reading(engine) as connection:
        set_id, _ = runs.find(connection, run_id)
        return response_sets.read_question(connection, set_id, question_id)
