"""What to say before and beside what the judge in the box says about a response set."""

from __future__ import annotations

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.judge.bundled.wordings import demonstration_note


def describe_demonstration(engine: Engine, set_id: int) -> str:
    """That it is a demonstration, and how many questions of the set are not of its kind. Raises NotFound."""
    with reading(engine) as connection:
        response_set, _ = response_sets.read(connection, set_id)
    return demonstration_note(response_set)
