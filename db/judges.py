"""Judges: a name and what makes two judges of one name different."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from db import bulk, fingerprints
from db.tables import judges

RECORDED: Final = {"kind": "recorded"}
"""The specification of a judge known only by the judgments it left in files."""


def store(connection: Connection, name: str, spec: dict[str, Any]) -> int:
    """The row of this judge, made when it is new."""
    content_hash = fingerprints.of_judge(name, spec)
    there = connection.scalar(select(judges.c.id).where(judges.c.content_hash == content_hash))
    if there is not None:
        return int(there)
    return bulk.insert_one(
        connection, judges, name=name, spec=spec, content_hash=content_hash, created_at=datetime.now(UTC)
    )
