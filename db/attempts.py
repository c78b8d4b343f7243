"""Attempts: which judgments of a run were asked already, and which of several answers to one question counts.

A judgment that was asked for is known by its content key. A failed one may be asked again; then its
later attempt counts and the earlier stays as history. A judgment that was given is never asked again.
Recorded judgments have no key: each of them counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, exists, func, or_, select

from db.tables import pair_judgments, score_judgments

COLUMNS: Final = ("content_key", "attempt", "sample_count")
"""What a judgment that was asked for has besides what all judgments have."""


@dataclass(frozen=True, slots=True)
class StoredAttempts:
    """Content keys of a run: all that need no asking now, and those that failed at an earlier time of asking."""

    settled: set[bytes]
    failed_before: set[bytes]


def counts(table: Table) -> ColumnElement[bool]:
    """The condition under which a judgment counts: it is the latest attempt of its kind.

    Only failures are looked up, so that judgments which were given cost nothing.
    """
    later = table.alias("later")
    c = table.c
    return or_(
        c.failure.is_(None),
        ~exists().where(later.c.run_id == c.run_id, later.c.content_key == c.content_key, later.c.attempt > c.attempt),
    )


def stored(connection: Connection, run_id: int, attempt: int) -> StoredAttempts:
    """What is there already when the run is asked for the ``attempt``-th time."""
    settled: set[bytes] = set()
    failed: set[bytes] = set()
    for table in (score_judgments, pair_judgments):
        c = table.c
        query = select(c.content_key, c.attempt, c.failure.is_(None)).where(
            c.run_id == run_id, c.content_key.is_not(None)
        )
        for key, at, given in connection.execute(query):
            (settled if given or at >= attempt else failed).add(bytes(key))
    return StoredAttempts(settled, failed - settled)


def is_stored(connection: Connection, run_id: int, key: bytes, attempt: int) -> bool:
    """Whether this attempt is there: asked when a connection broke and nobody knows if its commit arrived."""
    return any(
        connection.scalar(
            select(table.c.id).where(table.c.run_id == run_id, table.c.content_key == key, table.c.attempt == attempt)
        )
        is not None
        for table in (score_judgments, pair_judgments)
    )


def failures(connection: Connection, run_id: int) -> list[tuple[str, str, int]]:
    """Kind (score, pair), reason and number of the failed judgments that count, most frequent first."""
    found: list[tuple[str, str, int]] = []
    for kind, table in (("score", score_judgments), ("pair", pair_judgments)):
        query = (
            select(table.c.failure, func.count())
            .where(table.c.run_id == run_id, table.c.failure.is_not(None), counts(table))
            .group_by(table.c.failure)
        )
        found += [(kind, reason, count) for reason, count in connection.execute(query)]
    return sorted(found, key=lambda entry: (-entry[2], entry[:2]))
