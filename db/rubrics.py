"""Rubrics of a response set, one row per version, and the rules by which it is reviewed."""

from __future__ import annotations

from sqlalchemy import Connection, select

from db import bulk, moments
from db.tables import review_rules, rubrics
from trustjudge_core.review_records import NO_RUBRIC, Rubric


def versions(connection: Connection, set_id: int) -> list[Rubric]:
    """All versions, newest first."""
    c = rubrics.c
    found = connection.execute(
        select(c.version, c.text, c.person, c.created_at).where(c.response_set_id == set_id).order_by(c.version.desc())
    )
    return [Rubric(row.version, row.text, row.person, moments.utc(row.created_at)) for row in found]


def current(connection: Connection, set_id: int) -> tuple[int | None, Rubric]:
    """The row and the content of the newest version; no row and an empty rubric before there is one."""
    c = rubrics.c
    row = connection.execute(
        select(rubrics).where(c.response_set_id == set_id).order_by(c.version.desc()).limit(1)
    ).first()
    if row is None:
        return None, Rubric(NO_RUBRIC, "", None, None)
    return row.id, Rubric(row.version, row.text, row.person, moments.utc(row.created_at))


def add(connection: Connection, set_id: int, text: str, person: str) -> int:
    """Store the next version. Returns its number."""
    version = current(connection, set_id)[1].version + 1
    bulk.insert_one(
        connection,
        rubrics,
        response_set_id=set_id,
        version=version,
        text=text,
        person=person,
        created_at=moments.now(),
    )
    return version


def overlap(connection: Connection, set_id: int) -> int:
    """How many people are to decide each case; 1 until somebody says otherwise."""
    c = review_rules.c
    found = connection.scalar(select(c.overlap).where(c.response_set_id == set_id).order_by(c.id.desc()).limit(1))
    return 1 if found is None else int(found)


def set_overlap(connection: Connection, set_id: int, people: int, person: str) -> None:
    """Store how many people are to decide each case from now on."""
    bulk.insert_one(
        connection, review_rules, response_set_id=set_id, overlap=people, person=person, created_at=moments.now()
    )
