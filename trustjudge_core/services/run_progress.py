"""How far a run is: read every second by a screen, so it touches one row and the failed judgments only."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Engine

from db import asked_runs, attempts
from db.asked_runs import AskedRun
from db.engine import reading
from trustjudge_core.audit import LedgerEntry

__all__ = ["AskedRun", "LedgerEntry", "RunProgress", "run_progress"]


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run with its ledger.

    ``seconds_left`` is None when nobody knows: nothing measured yet, or nobody at work. ``silent``
    is how many seconds ago the lease of its worker ran out, None while it is renewed: the worker
    died or cannot reach the database, and another will take the run over.
    """

    run: AskedRun
    ledger: tuple[LedgerEntry, ...]
    seconds_left: float | None
    silent: float | None

    @property
    def share(self) -> float:
        """Judgments stored of those asked, 0 to 1."""
        return self.run.done / self.run.asked


def run_progress(engine: Engine, run_id: int) -> RunProgress:
    """The run as it stands. Raises NotFound, UsageError for a run that was recorded elsewhere."""
    with reading(engine) as connection:
        run = asked_runs.read(connection, run_id)
        failed = attempts.failures(connection, run_id) if run.failed else []
    at_work = run.state == "running"
    left = (run.asked - run.done) / run.rate if at_work and run.rate else None
    overdue = time.time() - run.lease_until if at_work and run.lease_until else 0.0
    return RunProgress(run, tuple(LedgerEntry(*entry) for entry in failed), left, overdue if overdue > 0 else None)
