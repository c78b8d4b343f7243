"""Leases: which worker is at which run, and in which state the run is because of it.

A worker that takes a run gets it for some seconds and renews that while it works; when it dies,
the lease runs out and another takes over. Who owns the lease is checked in the same transaction as
everything a worker writes, so one that was taken for dead and comes back writes nothing. Clocks of
several machines need to agree only to well within a lease, and only for taking over in time:
what is stored is right whatever the clocks say.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, or_, select

from db.moments import now
from db.tables import runs


@dataclass(frozen=True, slots=True)
class Progress:
    """What one batch of answers adds to the counts of a run; ``rate`` is judgments a second, lately."""

    scores: int
    pairs: int
    failed: int
    rate: float | None


def work_is_waiting(connection: Connection, run_id: int | None = None) -> bool:
    """Whether any run (or this one) waits for a worker, so that idle workers need not take the write lock."""
    return connection.scalar(select(runs.c.id).where(_claimable(run_id)).limit(1)) is not None


def claim(connection: Connection, owner: str, seconds: float, run_id: int | None = None) -> int | None:
    """Take the run that has waited longest (or this one) for some seconds; None when none waits.

    A run whose worker died after somebody had asked to pause or cancel it gets that state instead.
    """
    while True:
        found = connection.execute(
            select(runs.c.id, runs.c.wanted, runs.c.started_at)
            .where(_claimable(run_id))
            .order_by(runs.c.id)
            .limit(1)
            .with_for_update()
        ).first()
        if found is None:
            return None
        mine = runs.update().where(runs.c.id == found.id)
        if found.wanted is None:
            connection.execute(
                mine.values(
                    state="running",
                    message=None,
                    lease_owner=owner,
                    lease_until=time.time() + seconds,
                    started_at=found.started_at or now(),
                    finished_at=None,
                )
            )
            return int(found.id)
        connection.execute(mine.values(state=found.wanted, **_UNLEASED))


def renew(connection: Connection, run_id: int, owner: str, seconds: float) -> bool:
    """Keep the run for some more seconds. False when it belongs to somebody else by now."""
    return _changed(connection, _owned(run_id, owner).values(lease_until=time.time() + seconds))


def wanted(connection: Connection, run_id: int) -> str | None:
    """The state a person asked for while a worker is at the run."""
    found: str | None = connection.scalar(select(runs.c.wanted).where(runs.c.id == run_id))
    return found


def advance(connection: Connection, run_id: int, owner: str, seconds: float, progress: Progress) -> bool:
    """Count a batch of answers and renew. False, with nothing changed, when the run belongs to somebody else."""
    return _changed(
        connection,
        _owned(run_id, owner).values(
            score_judgment_count=runs.c.score_judgment_count + progress.scores,
            pair_judgment_count=runs.c.pair_judgment_count + progress.pairs,
            failed_count=runs.c.failed_count + progress.failed,
            rate=progress.rate,
            message=None,
            lease_until=time.time() + seconds,
        ),
    )


def note(connection: Connection, run_id: int, owner: str, **values: Any) -> bool:
    """Write something about a run that is being worked on. False when it belongs to somebody else."""
    return _changed(connection, _owned(run_id, owner).values(**values))


def release(connection: Connection, run_id: int, owner: str, state: str, message: str | None) -> bool:
    """Give the run back in a state. False when it belongs to somebody else by now."""
    finished = now() if state in ("complete", "cancelled") else None
    return _changed(
        connection, _owned(run_id, owner).values(state=state, message=message, finished_at=finished, **_UNLEASED)
    )


_UNLEASED = {"lease_owner": None, "lease_until": None, "wanted": None}


def _claimable(run_id: int | None) -> ColumnElement[bool]:
    waits = or_(
        runs.c.state == "queued",
        and_(runs.c.state == "running", runs.c.lease_until < time.time()),
    )
    return waits if run_id is None else and_(waits, runs.c.id == run_id)


def _owned(run_id: int, owner: str) -> Update:
    return runs.update().where(runs.c.id == run_id, runs.c.state == "running", runs.c.lease_owner == owner)


def _changed(connection: Connection, statement: Update) -> bool:
    return connection.execute(statement).rowcount == 1
