"""How many people decide each case of a set."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine

from db import activity, response_sets, rubrics
from db.engine import reading, writing
from trustjudge_core.errors import UsageError
from trustjudge_core.review import named

MOST_OVERLAP: Final = 20


def set_overlap(engine: Engine, set_id: int, people: int, person: str) -> None:
    """Store how many people are to decide each case. Raises NotFound, UsageError."""
    person = named(person)
    if not 1 <= people <= MOST_OVERLAP:
        raise UsageError(
            f"{people} people per case cannot be asked; allowed: 1 to {MOST_OVERLAP}; choose a number there"
        )
    with writing(engine) as connection:
        name = response_sets.name_of(connection, set_id)
        before = rubrics.overlap(connection, set_id)
        if before == people:
            return
        rubrics.set_overlap(connection, set_id, people, person)
        activity.record(connection, person, "set people per case", name, set_id=set_id, people=people, before=before)


def overlap(engine: Engine, set_id: int) -> int:
    """How many people are to decide each case of a set. Raises NotFound."""
    with reading(engine) as connection:
        response_sets.name_of(connection, set_id)
        return rubrics.overlap(connection, set_id)
