"""Moments: always with their zone, whatever a database remembers of it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def utc(moment: datetime) -> datetime:
    """SQLite forgets that a moment is in UTC; PostgreSQL gives it in the session's zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
