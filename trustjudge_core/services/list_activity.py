"""Who did what, when."""

from __future__ import annotations

from sqlalchemy import Engine

from db import activity
from db.engine import reading
from trustjudge_core.review_records import ActivityEntry

__all__ = ["ActivityEntry", "activity_filters", "list_activity"]


def list_activity(
    engine: Engine,
    *,
    set_id: int | None = None,
    run_id: int | None = None,
    person: str | None = None,
    action: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[ActivityEntry]:
    """The newest lines of the log that fit, newest first; ``before`` an entry id continues from there."""
    with reading(engine) as connection:
        return activity.read(
            connection, set_id=set_id, run_id=run_id, person=person, action=action, before=before, limit=limit
        )


def activity_filters(engine: Engine) -> tuple[list[str], list[str]]:
    """People and actions that occur in the log."""
    with reading(engine) as connection:
        return activity.people_and_actions(connection)
