"""The log of who did what, when. Services write it in the transaction that does it; nothing in it ever changes."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, select

from db import bulk, moments
from db.tables import activity
from trustjudge_core.review_records import ActivityEntry

LOCAL: Final = "this machine"
"""Who did it when nobody is signed in or named: the command line, the sample."""


def record(
    connection: Connection,
    person: str,
    action: str,
    subject: str,
    *,
    set_id: int | None = None,
    run_id: int | None = None,
    **detail: Any,
) -> int:
    """Write one line. ``action`` is a verb in the past ("decided"), ``subject`` what it was done to, in words."""
    return bulk.insert_one(
        connection,
        activity,
        created_at=moments.now(),
        person=person,
        action=action,
        subject=subject,
        response_set_id=set_id,
        run_id=run_id,
        detail=detail,
    )


def read(
    connection: Connection,
    *,
    set_id: int | None = None,
    run_id: int | None = None,
    person: str | None = None,
    action: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[ActivityEntry]:
    """The newest lines that fit, newest first; ``before`` an entry id continues from there."""
    c = activity.c
    query = select(activity).order_by(c.id.desc()).limit(limit)
    for column, wanted in ((c.response_set_id, set_id), (c.run_id, run_id), (c.person, person), (c.action, action)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(c.id < before)
    return [
        ActivityEntry(
            entry_id=row.id,
            created_at=moments.utc(row.created_at),
            person=row.person,
            action=row.action,
            subject=row.subject,
            set_id=row.response_set_id,
            run_id=row.run_id,
            detail=row.detail,
        )
        for row in connection.execute(query)
    ]


def people_and_actions(connection: Connection) -> tuple[list[str], list[str]]:
    """Everybody and everything that occurs in the log, each sorted: what a filter can offer."""
    return (
        sorted(connection.scalars(select(activity.c.person).distinct())),
        sorted(connection.scalars(select(activity.c.action).distinct())),
    )
