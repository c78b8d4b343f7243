"""Change what people judge by: a new version of the rubric, which reopens what was judged under an earlier one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine

from db import activity, response_sets, rubrics
from db.engine import reading, writing
from trustjudge_core.errors import UsageError
from trustjudge_core.review import named
from trustjudge_core.review_records import Rubric

MOST_RUBRIC: Final = 50_000
"""Characters of a rubric."""


def set_rubric(engine: Engine, set_id: int, text: str, person: str) -> Rubric:
    """Store the next version of a set's rubric, which reopens every case judged under an earlier one.

    The text that holds already makes no new version. Raises NotFound for a set that does not exist,
    UsageError for an empty or endless text.
    """
    person, wanted = named(person), text.strip()
    if not wanted or len(wanted) > MOST_RUBRIC:
        raise UsageError(
            f"the rubric has {len(wanted):,} characters; allowed: 1 to {MOST_RUBRIC:,}; write what to judge by"
        )
    with writing(engine) as connection:
        name = response_sets.name_of(connection, set_id)
        current = rubrics.current(connection, set_id)[1]
        if current.text == wanted:
            return current
        version = rubrics.add(connection, set_id, wanted, person)
        activity.record(connection, person, "changed the rubric", name, set_id=set_id, version=version)
        return rubrics.current(connection, set_id)[1]


def rubric_versions(engine: Engine, set_id: int) -> list[Rubric]:
    """All versions, newest first; empty when nobody wrote one. Raises NotFound."""
    with reading(engine) as connection:
        response_sets.name_of(connection, set_id)
        return rubrics.versions(connection, set_id)
